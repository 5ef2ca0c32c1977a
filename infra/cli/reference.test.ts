import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { referencePage, renderReference } from './reference.ts';

test('docs/reference/cli.md is what the commands say; node infra/cli/reference.ts writes it anew', async () => {
  expect(readFileSync(referencePage, 'utf8')).toBe(await renderReference());
});
