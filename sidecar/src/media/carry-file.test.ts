import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { png, ulidName } from '../../testbed/files.ts';
import { type MemoryContext, memoryContext } from '../../testbed/memory-context.ts';
import type { MemoryStore } from '../../testbed/memory-store.ts';
import { carryFile } from './carry-file.ts';
import { type Folders, foldersIn } from './folders.ts';

const writers: readonly [string, string][] = [
  ['a foreign file', 'a.txt'],
  ['a file of the application', ulidName()],
];

/** What happens when something else happens in between: the moments that a real Blob does not wait for. */
describe('carrying one file', () => {
  let folders: Folders;
  let store: MemoryStore;
  let context: MemoryContext;

  beforeEach(() => {
    context = memoryContext();
    ({ folders, store } = context);
  });
  afterEach(() => rmSync(folders.root, { recursive: true, force: true }));

  const outbox = (name: string): string => join(folders.outbox, name);
  const file = (name: string, bytes: string | Uint8Array): string => {
    writeFileSync(outbox(name), bytes);
    return name;
  };

  test.each(writers)(
    'overwritten during the upload, %s: takes back what it uploaded, so that the new contents can follow',
    async (_, named) => {
      const name = file(named, 'old');
      store.afterPut = () => writeFileSync(outbox(name), 'new!');
      expect(await carryFile(context, name)).toMatchObject({ kind: 'changed' });
      expect(store.blobs.has(name)).toBe(false);
      store.afterPut = () => undefined;
      expect(await carryFile(context, name)).toMatchObject({ kind: 'durable', uploaded: true });
      expect(store.blobs.get(name)?.toString()).toBe('new!');
    },
  );

  test.each(writers)(
    'replaced by another file of the same size and time during the upload, %s: is noticed',
    async (_, named) => {
      const name = file(named, 'old');
      store.afterPut = () => {
        writeFileSync(outbox('b.txt'), 'new');
        renameSync(outbox('b.txt'), outbox(name));
      };
      expect(await carryFile(context, name)).toMatchObject({ kind: 'changed' });
      expect(readFileSync(outbox(name), 'utf8')).toBe('new');
    },
  );

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
    const kept = readdirSync(folders.conflicts, { recursive: true, withFileTypes: true });
    expect(kept.filter((entry) => entry.isFile())).toHaveLength(2);
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
    expect(await carryFile(context, 'a.txt', { expected: { size: 5, mtimeMs: 1, ctimeMs: 1, ino: 1 } })).toMatchObject({
      kind: 'changed',
    });
    expect(store.puts).toBe(0);
  });

  test('edited in place during the upload, with its times put back: is noticed', async () => {
    const name = file('a.txt', 'old');
    const { atime, mtime } = statSync(outbox(name));
    store.afterPut = () => {
      writeFileSync(outbox(name), 'new');
      utimesSync(outbox(name), atime, mtime);
    };
    expect(await carryFile(context, name)).toMatchObject({ kind: 'changed' });
    expect(store.blobs.has(name)).toBe(false);
  });

  test('a hard link is refused, and taken once it is the only name of its file', async () => {
    writeFileSync(join(folders.root, 'elsewhere'), 'secret');
    const ulid = ulidName();
    for (const name of ['a.txt', ulid]) {
      linkSync(join(folders.root, 'elsewhere'), outbox(name));
      const reason = expect.stringContaining('hard link');
      expect(await carryFile(context, name)).toEqual({ kind: 'refused', reason });
      if (name === ulid) continue;
      unlinkSync(outbox(name));
    }
    expect(store.puts).toBe(0);
    renameSync(outbox(ulid), outbox('a.txt'));
    unlinkSync(join(folders.root, 'elsewhere'));
    expect(await carryFile(context, 'a.txt')).toMatchObject({ kind: 'durable' });
  });

  test('an image without its end is incomplete, and carried as it is when that is wanted', async () => {
    const name = file('torn.png', png(5_000).subarray(0, 3_000));
    expect(await carryFile(context, name)).toMatchObject({ kind: 'incomplete' });
    expect(await carryFile(context, name, { asItIs: true })).toMatchObject({
      kind: 'durable',
      asItIs: expect.stringContaining('not all there'),
    });
    expect(store.blobs.get(name)?.length).toBe(3_000);
  });

  test('only the blob of a foreign file is marked with the outbox', async () => {
    const ulid = file(ulidName(), png());
    for (const name of [file('a.txt', 'x'), ulid]) await carryFile(context, name);
    expect([...store.madeBy]).toEqual([['a.txt', 'this-outbox']]);
  });

  test('a name that is a file and later a folder, and the reverse: is durable, and moves when there is room', async () => {
    await carryFile(context, file('album', 'a file'));
    mkdirSync(outbox('album'));
    const below = file('album/track.txt', 'in a folder');
    const first = await carryFile(context, below);
    expect(first).toMatchObject({ kind: 'durable', uploaded: true, unmoved: expect.stringContaining('synced') });
    const { puts } = store;
    expect(await carryFile(context, below, { probablyThere: true })).toMatchObject({
      kind: 'durable',
      uploaded: false,
    });
    expect(store.puts).toBe(puts);
    // Retention removes the file.
    unlinkSync(join(folders.synced, 'album'));
    expect(await carryFile(context, below)).not.toHaveProperty('unmoved');
    rmSync(outbox('album'), { recursive: true });
    store.blobs.clear();
    file('album', 'a file again');
    expect(await carryFile(context, 'album')).toMatchObject({
      kind: 'durable',
      unmoved: expect.stringContaining('synced'),
    });
    // Retention removes the file in the folder, and the empty folder is no obstacle.
    unlinkSync(join(folders.synced, below));
    expect(await carryFile(context, 'album')).not.toHaveProperty('unmoved');
    expect(readFileSync(join(folders.synced, 'album'), 'utf8')).toBe('a file again');
  });
});
