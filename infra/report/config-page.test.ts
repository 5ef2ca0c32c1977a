import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { KEYS } from '../program/config/config.ts';
import { configPage } from './config-page.ts';

test('docs/reference/config.md is what the keys say', async () => {
  const page = await readFile(new URL('../../docs/reference/config.md', import.meta.url), 'utf8');
  expect(page).toBe(configPage(KEYS));
});

test('every key has its section, with what is allowed, its default and an example', () => {
  const page = configPage(KEYS);
  for (const { name } of KEYS) {
    const [, section = ''] = page.split(`### ${name}\n`);
    expect(section.split('\n### ')[0]).toMatch(
      /- allowed: .+\n- default: .+\n(- stages: .+\n)?- example: `pulumi config set /,
    );
  }
});
