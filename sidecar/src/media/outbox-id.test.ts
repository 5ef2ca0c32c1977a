import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { outboxId } from './outbox-id.ts';

let root: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-outbox-id-'));
  file = join(root, '.outbox-id');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('all instances that start at once get one id, and so does a later one', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => outboxId(root)));
  expect(new Set([...ids, await outboxId(root)]).size).toBe(1);
});

test('neither reads nor writes through a link, and replaces what is no file of its own', async () => {
  const secret = join(root, 'secret');
  writeFileSync(secret, '01234567-89ab-cdef-0123-456789abcdef');
  symlinkSync(secret, file);
  const id = await outboxId(root);
  expect(id).not.toBe(readFileSync(secret, 'utf8'));
  expect(readFileSync(secret, 'utf8')).toBe('01234567-89ab-cdef-0123-456789abcdef');
  expect(await outboxId(root)).toBe(id);
  rmSync(file);
  execFileSync('mkfifo', [file]);
  expect(await outboxId(root)).toMatch(/^[0-9a-f-]{36}$/);
  expect(await outboxId(root)).toBe(readFileSync(file, 'utf8'));
});
