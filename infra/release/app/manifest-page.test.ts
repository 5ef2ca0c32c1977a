import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { manifestPage, manifestPagePath } from './manifest-page.ts';
import { manifestSchema } from './manifest-schema.ts';

test('docs/reference/manifest.md is what the schema says; node infra/release/app/manifest-page.ts writes it anew', async () => {
  expect(readFileSync(manifestPagePath, 'utf8')).toBe(await manifestPage());
});

test('every key has a row that says what it is for', async () => {
  const page = await manifestPage();
  for (const name of Object.keys(manifestSchema.shape)) {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\| \\S.* \\| [A-Z].*\\. \\|$`, 'm'));
  }
});
