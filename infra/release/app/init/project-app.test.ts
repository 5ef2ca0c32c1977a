import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { applicationDirectory } from '../application-directory.ts';
import { nameApplication, withApplication } from './project-app.ts';

const COMMENTED = `name: slipway   # ours
main: infra/program/index.mjs

config:
  # the region
  slipway:location: westeurope

# the end
`;

describe('slipway:app in Pulumi.yaml', () => {
  test('stands below a config that is written anew, after everything else', () => {
    expect(withApplication('name: slipway\n# the end\n', '../shop')).toBe(
      'name: slipway\n# the end\nconfig:\n  slipway:app: ../shop\n',
    );
    expect(withApplication('name: slipway', 'shop')).toBe('name: slipway\nconfig:\n  slipway:app: shop\n');
  });

  test('joins a config without touching another byte', () => {
    const added = withApplication(COMMENTED, '../shop');
    expect(added.replace('slipway:app: ../shop\n  ', '')).toBe(COMMENTED);
    expect(parse(added).config).toEqual({ 'slipway:app': '../shop', 'slipway:location': 'westeurope' });
  });

  test('is replaced where it stands, its comment kept, and once more changes nothing', () => {
    const before = `${COMMENTED}`.replace('slipway:location: westeurope', 'slipway:app: "../old" # mine');
    const after = withApplication(before, '../shop');
    expect(after).toBe(before.replace('"../old"', '../shop'));
    expect(withApplication(after, '../shop')).toBe(after);
  });

  test.each([
    'name: a\nconfig: {}\n',
    'name: a\nconfig: {x: 1}\n',
    'name: a\nconfig:\n',
    'config:\n  slipway:app:\n    value: old\nname: a\n',
  ])('is set in %j', (before) => {
    const config = parse(withApplication(before, '../a shop: #1')).config['slipway:app'];
    expect(config.value ?? config).toBe('../a shop: #1');
    expect(parse(withApplication(before, 'x')).name).toBe('a');
  });

  test.each(['- a list\n', 'a: [', ''])('is refused in %j', (text) => {
    expect(() => withApplication(text, 'x')).toThrow('SLIP-INIT-PROJECT');
  });

  test('is relative to the project, and the commands find it there', async () => {
    const project = await mkdtemp(join(tmpdir(), 'sw-project-'));
    await writeFile(join(project, 'Pulumi.yaml'), COMMENTED);
    const shop = join(project, '../shop');
    expect(await nameApplication(project, shop)).toEqual({ path: '../shop', changed: true });
    expect(await nameApplication(project, shop)).toEqual({ path: '../shop', changed: false });
    expect(await applicationDirectory(project)).toBe(shop);
    expect(await readFile(join(project, 'Pulumi.yaml'), 'utf8')).toContain('# the end');
    await rm(project, { recursive: true });
  });
});
