import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Gate } from './gate.ts';

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'gate.ts')
  .map((file) => file.slice(0, -'.ts'.length));

test.each(files)('the gate in %s.ts has the name of its file, by which history lists it', async (file) => {
  const exported: unknown[] = Object.values(await import(join(import.meta.dirname, `${file}.ts`)));
  expect(exported.filter(isGate).map(({ name }) => name)).toEqual([file]);
});

function isGate(value: unknown): value is Gate<unknown> {
  return typeof value === 'object' && value !== null && 'check' in value && 'name' in value;
}
