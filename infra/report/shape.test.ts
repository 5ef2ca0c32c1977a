import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { evaluate } from '../evaluate/evaluate.ts';
import type { Evaluation } from '../evaluate/recorded.ts';
import { RELEASE_STEPS } from './drawing/flows.ts';
import { networkDrawing, networkResources } from './drawing/network.ts';
import { picturesOf } from './drawing/pictures.ts';
import { mermaid } from './mermaid.ts';
import { resourceRows, resourceTable } from './resource-table.ts';
import { shapeOf, VISITORS } from './shape.ts';
import { ANY_DIGEST, systemPage } from './system-page.ts';

const RELEASE_PHASES = new URL('../release/phases/', import.meta.url);

let prod: Evaluation;
let dev: Evaluation;
beforeAll(async () => {
  const config = { 'sidecar.digest': ANY_DIGEST };
  prod = await evaluate({ stage: 'prod', mode: 'update', config });
  dev = await evaluate({ stage: 'dev', mode: 'update', config });
});

/** Links as `from → to` by their labels. */
function linksOf(evaluation: Evaluation): string[] {
  const { parts, links } = shapeOf(evaluation);
  const label = (urn: string) => parts.find((part) => part.urn === urn)?.label ?? urn;
  return links.map(({ from, to }) => `${label(from)} → ${label(to)}`);
}

describe('the picture', () => {
  test('leads visitors of prod through Front Door to their slot, and of dev straight to it', () => {
    expect(linksOf(prod)).toEqual(
      expect.arrayContaining([
        `${VISITORS} → Front Door: production`,
        'Front Door: production → web app: production',
        'Front Door: staging → slot: staging',
      ]),
    );
    expect(linksOf(prod)).not.toContain(`${VISITORS} → web app: production`);
    expect(linksOf(dev)).toContain(`${VISITORS} → web app: production`);
  });

  test('shows what the app and its sidecar ask, each by its own settings', () => {
    expect(linksOf(dev)).toEqual(
      expect.arrayContaining([
        'web app: production → MySQL',
        'web app: production → Redis',
        'web app: production → Key Vault',
        'web app: production → Blob',
        'web app: production → sidecar of production',
        'sidecar of production → Blob',
        'sidecar of production → Application Insights',
      ]),
    );
    expect(linksOf(dev)).not.toContain('sidecar of production → MySQL');
  });

  test('loses the mount when the program does', () => {
    const resources = dev.resources.filter(({ type }) => !type.includes('AzureStorageAccounts'));
    expect(linksOf({ ...dev, resources })).not.toContain('web app: production → Blob');
  });

  test('is the same text twice, with every part and link once', () => {
    const text = mermaid(shapeOf(prod));
    expect(mermaid(shapeOf(prod))).toBe(text);
    const lines = text.split('\n').filter((line) => line.includes('["') || line.includes('-->'));
    expect(new Set(lines).size).toBe(lines.length);
  });

  test('is in docs/reference/system.md', async () => {
    const page = await readFile(new URL('../../docs/reference/system.md', import.meta.url), 'utf8');
    expect(page).toBe(systemPage([prod, dev]));
  });
});

describe('the list', () => {
  test('has every resource of Azure and what keeps it', () => {
    const rows = resourceRows(prod);
    expect(rows).toHaveLength(prod.resources.filter(({ custom }) => custom).length);
    expect(rows.find(({ type }) => type === 'dbformysql:Server')).toMatchObject({
      name: 'mysql',
      part: 'database',
      kept: ['protected', 'locked', 'stays when removed'],
    });
  });

  test('is one line per resource, and says how many', () => {
    const rows = resourceRows(dev);
    const lines = resourceTable(rows).trimEnd().split('\n');
    expect(lines).toHaveLength(rows.length + 2);
    expect(lines.at(-1)).toBe(`${rows.length} resources`);
  });
});

describe('the pictures of the documents', () => {
  test('are as the program is now: `node infra/report/write-pages.ts` makes them anew', async () => {
    for (const [name, picture] of await picturesOf(prod)) {
      expect(picture).toBe(await readFile(new URL(`../../docs/pictures/${name}`, import.meta.url), 'utf8'));
    }
  });

  test('show staging as one box, because it has what production has', () => {
    const { parts, links } = shapeOf(prod);
    const label = (urn: string) => parts.find((part) => part.urn === urn)?.label ?? urn;
    const ofSlot = (slot: string) =>
      links
        .filter(({ from }) => label(from).endsWith(slot))
        .map(({ from, to, why }) =>
          [label(from), label(to), why]
            .join(' ')
            .replaceAll(/web app|slot/g, 'site')
            .replaceAll(slot, 'slot'),
        )
        .filter((line) => !line.startsWith('Front Door'))
        .sort();
    expect(ofSlot('staging')).toEqual(ofSlot('production'));
  });

  test('show every subnet and private endpoint', () => {
    const { groups, nodes } = networkDrawing(prod);
    const shown = [...groups, ...nodes].map(({ id }) => id);
    const there = networkResources(prod).filter(({ type }) => !type.endsWith(':VirtualNetwork'));
    expect(there.length).toBeGreaterThan(4);
    expect(shown).toEqual(expect.arrayContaining(there.map(({ name }) => name)));
  });

  test('name the steps that a release takes, no other', async () => {
    const files = ['release.ts', ...(await readdir(RELEASE_PHASES)).map((name) => `phases/${name}`)];
    const sources = await Promise.all(
      files
        .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name))
        .map((name) => readFile(new URL(`../release/${name}`, import.meta.url), 'utf8')),
    );
    const taken = new Set(
      sources.flatMap((text) => [...text.matchAll(/steps\.run(?:Always)?\(\s*'([^']+)'/g)].map(([, name]) => name)),
    );
    // Of a release that was cut off, and of one that is undone.
    const other = ['heal', 'swap back'];
    expect(new Set([...RELEASE_STEPS.map(({ name }) => name), ...other])).toEqual(taken);
  });

  test('are no wider than a phone can show', async () => {
    for (const [name, picture] of await picturesOf(dev)) {
      const width = Number(/viewBox="0 0 (\d+)/.exec(picture)?.[1]);
      expect([name, width]).toEqual([name, Math.min(width, 680)]);
    }
  });
});
