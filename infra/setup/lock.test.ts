import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../testbed/eventually.ts';
import { acquireLock, isAlive, ownerOf } from './lock.mjs';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  file = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid ?? 0;
}

describe('the set-up lock', () => {
  test('names its owner, and leaves nothing when given back', async () => {
    const release = await acquireLock(file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is waited for while its owner lives, and the owner is told once', async () => {
    const release = await acquireLock(file);
    const seen: number[] = [];
    const second = acquireLock(file, { onWait: ({ pid }) => seen.push(pid) });
    await eventually('the owner is told', () => seen.length > 0);
    release();
    (await second)();
    expect(seen).toEqual([process.pid]);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['a process that is gone', async () => JSON.stringify({ ...ownerOf(process.pid), pid: await deadPid() })],
    [
      'a process whose number another one has now',
      async () => JSON.stringify({ ...ownerOf(process.pid), started: '1' }),
    ],
    ['nobody who can be read', async () => '{"pid":'],
  ])('is taken at once from %s', async (_name, content) => {
    writeFileSync(file, await content());
    const waited: unknown[] = [];
    const release = await acquireLock(file, { onWait: (owner) => waited.push(owner) });
    expect(waited).toEqual([]);
    release();
  });

  test('is held by one at a time when many heal a dead owner’s lock at once', async () => {
    writeFileSync(file, JSON.stringify({ pid: await deadPid(), started: '1', since: '' }));
    let holders = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const release = await acquireLock(file);
        holders += 1;
        most = Math.max(most, holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders -= 1;
        release();
      }),
    );
    expect(most).toBe(1);
  });

  test('a clearing that a crash left does not hang the next', async () => {
    writeFileSync(file, JSON.stringify({ pid: await deadPid(), started: '1', since: '' }));
    writeFileSync(`${file}.clearing`, '');
    const { utimesSync } = await import('node:fs');
    utimesSync(`${file}.clearing`, new Date(0), new Date(0));
    (await acquireLock(file))();
  });

  test('we are alive', () => {
    expect(isAlive(ownerOf(process.pid))).toBe(true);
  });
});
