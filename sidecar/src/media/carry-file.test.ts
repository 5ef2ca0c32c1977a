import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { png, ulidName } from '../../testbed/files.ts';
import { MemoryStore } from '../../testbed/memory-store.ts';
import { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import { BufferPool } from './buffer-pool.ts';
import { type CarryContext, carryFile } from './carry-file.ts';
import { type Folders, foldersIn } from './folders.ts';

/** What happens when something else happens in between: the moments that a real Blob does not wait for. */
describe('carrying one file', () => {
  let folders: Folders;
  let store: MemoryStore;
  let context: CarryContext;

  beforeEach(() => {
    folders = foldersIn(mkdtempSync(join(tmpdir(), 'slipway-carry-')));
    for (const folder of [folders.outbox, folders.synced, folders.conflicts]) mkdirSync(folder);
    store = new MemoryStore();
    const nowMs = (): number => Date.now();
    const breaker = new BlobCircuitBreaker({
      probe: () => store.probe(),
      nowMs,
      random: Math.random,
      onChange: () => undefined,
    });
    context = { folders, store, breaker, buffers: new BufferPool(), nowMs };
  });
  afterEach(() => rmSync(folders.root, { recursive: true, force: true }));

  const outbox = (name: string): string => join(folders.outbox, name);
  const file = (name: string, bytes: string | Uint8Array): string => {
    writeFileSync(outbox(name), bytes);
    return name;
  };

  test('overwritten during the upload: takes back what it uploaded, so that the new contents can follow', async () => {
    const name = file('a.txt', 'old');
    store.afterPut = () => writeFileSync(outbox(name), 'new!');
    expect(await carryFile(context, name)).toMatchObject({ kind: 'changed' });
    expect(store.blobs.has(name)).toBe(false);
    store.afterPut = () => undefined;
    expect(await carryFile(context, name)).toMatchObject({ kind: 'durable', uploaded: true });
    expect(store.blobs.get(name)?.toString()).toBe('new!');
  });

  test('replaced by another file of the same size and time during the upload: is noticed', async () => {
    const name = file('a.txt', 'old');
    store.afterPut = () => {
      writeFileSync(outbox('b.txt'), 'new');
      renameSync(outbox('b.txt'), outbox(name));
    };
    expect(await carryFile(context, name)).toMatchObject({ kind: 'changed' });
    expect(readFileSync(outbox(name), 'utf8')).toBe('new');
  });

  test('a large file that changes while it is streamed: stores nothing', async () => {
    const name = file('large.bin', Buffer.alloc(3_000_000, 'x'));
    const put = store.put.bind(store);
    store.put = (blob) => {
      writeFileSync(outbox(name), Buffer.alloc(3_000_000, 'y'));
      return put(blob);
    };
    expect((await carryFile(context, name)).kind).not.toBe('durable');
    expect(store.blobs.size).toBe(0);
    expect(existsSync(outbox(name))).toBe(true);
  });

  test('renamed by another instance during the upload: is durable', async () => {
    const name = file(ulidName(), png());
    store.afterPut = () => renameSync(outbox(name), join(folders.synced, name));
    expect(await carryFile(context, name)).toMatchObject({ kind: 'durable' });
    expect(existsSync(join(folders.synced, name))).toBe(true);
  });

  test('two instances at once: one uploads, both end well, one file is synced', async () => {
    const name = file(ulidName(), png());
    const outcomes = await Promise.all([carryFile(context, name), carryFile(context, name)]);
    for (const outcome of outcomes) expect(['durable', 'gone']).toContain(outcome.kind);
    expect(store.blobs.size).toBe(1);
    expect(existsSync(join(folders.synced, name))).toBe(true);
    expect(existsSync(outbox(name))).toBe(false);
  });

  test('asks Blob for length and MD5 when the answer to the upload did not say', async () => {
    store.answersMd5 = false;
    const name = file(ulidName(), png());
    store.afterPut = () => void store.blobs.set(name, Buffer.from('not what was sent'));
    expect((await carryFile(context, name)).kind).not.toBe('durable');
    expect(existsSync(outbox(name))).toBe(true);
  });

  test('says that it is in Blob but cannot be moved, when something is in its way', async () => {
    const name = file(ulidName(), png());
    mkdirSync(join(folders.synced, name));
    expect(await carryFile(context, name)).toMatchObject({
      kind: 'durable',
      unmoved: expect.stringContaining('synced'),
    });
    expect(existsSync(outbox(name))).toBe(true);
    rmSync(join(folders.synced, name), { recursive: true });
    expect(await carryFile(context, name)).toEqual({ kind: 'durable', bytes: expect.any(Number), uploaded: false });
  });

  test('keeps both contents of a conflict, and of a second one under the same name', async () => {
    for (const contents of ['first', 'second', 'third']) {
      file('a.txt', contents);
      await carryFile(context, 'a.txt');
    }
    expect(store.blobs.get('a.txt')?.toString()).toBe('first');
    expect(readFileSync(join(folders.conflicts, 'a.txt'), 'utf8')).toBe('second');
    const { stdout } = await import('node:child_process').then(({ spawnSync }) =>
      spawnSync('find', [folders.conflicts, '-type', 'f']),
    );
    expect(stdout.toString().trim().split('\n')).toHaveLength(2);
  });

  test('is refused when a folder on the way became a link', async () => {
    mkdirSync(join(folders.root, 'secret'));
    writeFileSync(join(folders.root, 'secret', 'a.txt'), 'secret');
    symlinkSync(join(folders.root, 'secret'), outbox('folder'));
    expect(await carryFile(context, 'folder/a.txt')).toMatchObject({ kind: 'refused' });
    expect(store.puts).toBe(0);
  });

  test('is carried out of a folder also when MEDIA_ROOT itself is a link', async () => {
    const link = `${folders.root}-link`;
    symlinkSync(folders.root, link);
    mkdirSync(outbox('folder'));
    file('folder/a.txt', 'x');
    expect(await carryFile({ ...context, folders: foldersIn(link) }, 'folder/a.txt')).toMatchObject({
      kind: 'durable',
    });
    unlinkSync(link);
  });

  test('is gone when it has gone, also in the middle', async () => {
    expect(await carryFile(context, 'none.txt')).toEqual({ kind: 'gone' });
    const name = file('a.txt', 'x');
    store.duringPut = () => unlinkSync(outbox(name));
    expect((await carryFile(context, name)).kind).toBe('durable');
  });

  test('a foreign file that is no longer what it was while it settled waits on', async () => {
    file('a.txt', 'x');
    expect(await carryFile(context, 'a.txt', { size: 5, mtimeMs: 1, ino: 1 })).toMatchObject({ kind: 'changed' });
    expect(store.puts).toBe(0);
  });
});
