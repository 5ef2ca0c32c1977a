import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { memoryContext } from '../../testbed/memory-context.ts';
import type { MemoryStore } from '../../testbed/memory-store.ts';
import { BlobFailure } from '../blob/failure.ts';
import { Counters } from './counters.ts';
import type { Folders } from './folders.ts';
import { Retention } from './retention.ts';

const HOUR = 3_600_000;

describe('retention', () => {
  let folders: Folders;
  let store: MemoryStore;
  let retention: Retention;
  let counters: Counters;
  let later = 0;
  let mayAsk = true;
  const young: string[] = [];

  beforeEach(() => {
    later = 0;
    mayAsk = true;
    const nowMs = (): number => Date.now() + later;
    const context = memoryContext(nowMs);
    ({ folders, store } = context);
    counters = new Counters(nowMs);
    young.length = 0;
    retention = new Retention({
      context,
      counters,
      log: () => undefined,
      retentionMs: 24 * HOUR,
      mayAsk: () => mayAsk,
      looks: { add: (path) => young.push(path), has: () => false, isFull: false },
    });
  });
  afterEach(() => rmSync(folders.root, { recursive: true, force: true }));

  const synced = (name: string, contents: string, blob: string | undefined = contents): void => {
    writeFileSync(join(folders.synced, name), contents);
    if (blob !== undefined) store.blobs.set(name, Buffer.from(blob));
  };
  const isThere = (name: string): boolean => existsSync(join(folders.synced, name));

  test('removes a file after its time, and not before', async () => {
    synced('a', 'contents');
    later = 23 * HOUR;
    await retention.sweep();
    expect([isThere('a'), counters.synced]).toEqual([true, 1]);
    later = 25 * HOUR;
    await retention.sweep();
    expect([isThere('a'), counters.synced, counters.counts.removedFromSynced]).toEqual([false, 0, 1]);
    expect(store.blobs.has('a')).toBe(true);
  });

  test('keeps what a late writer appended, as a conflict', async () => {
    synced('a', 'contents');
    appendFileSync(join(folders.synced, 'a'), ' and more');
    later = 25 * HOUR;
    await retention.sweep();
    expect(readFileSync(join(folders.conflicts, 'a'), 'utf8')).toBe('contents and more');
    expect([isThere('a'), counters.counts.conflicts]).toEqual([false, 1]);
  });

  test('keeps a file whose blob has other contents of the same length, or is not there', async () => {
    synced('a', 'contents', 'CONTENTS');
    writeFileSync(join(folders.synced, 'b'), 'only here');
    later = 25 * HOUR;
    await retention.sweep();
    expect(readFileSync(join(folders.conflicts, 'a'), 'utf8')).toBe('contents');
    expect(readFileSync(join(folders.conflicts, 'b'), 'utf8')).toBe('only here');
  });

  test('replaces the blob of a late writer when this outbox made it, and removes the file after another comparison', async () => {
    synced('a', 'contents and more', 'contents');
    store.madeBy.set('a', 'this-outbox');
    later = 25 * HOUR;
    await retention.sweep();
    expect([isThere('a'), store.blobs.get('a')?.toString()]).toEqual([true, 'contents and more']);
    expect([counters.counts.replaced, counters.counts.conflicts]).toEqual([1, 0]);
    await retention.sweep();
    expect(isThere('a')).toBe(false);
  });

  test('keeps a file that is changed while it is compared', async () => {
    synced('a', 'contents');
    later = 25 * HOUR;
    const head = store.head.bind(store);
    store.head = (name) => {
      appendFileSync(join(folders.synced, 'a'), ' and more');
      return head(name);
    };
    await retention.sweep();
    expect([isThere('a'), counters.counts.removedFromSynced]).toEqual([true, 0]);
  });

  test('keeps the blob of another outbox', async () => {
    synced('a', 'contents', 'others');
    store.madeBy.set('a', 'another-outbox');
    later = 25 * HOUR;
    await retention.sweep();
    expect(store.blobs.get('a')?.toString()).toBe('others');
    expect(readFileSync(join(folders.conflicts, 'a'), 'utf8')).toBe('contents');
  });

  test('has young foreign files looked at again: their instance may be gone', async () => {
    synced('young.csv', 'contents');
    synced('01HZZZZZZZZZZZZZZZZZZZZZZZ.png', 'contents');
    await retention.sweep();
    expect(young).toEqual(['young.csv']);
    later = 2 * HOUR;
    await retention.sweep();
    expect(young).toHaveLength(1);
  });

  test('removes nothing while Blob cannot be asked', async () => {
    synced('a', 'contents');
    later = 25 * HOUR;
    mayAsk = false;
    await retention.sweep();
    mayAsk = true;
    store.head = () => Promise.reject(new BlobFailure('flaky', '500'));
    await retention.sweep();
    expect(isThere('a')).toBe(true);
  });

  test('asks Blob about one file at a time, however many there are, and no more once Blob is unavailable', async () => {
    for (let at = 0; at < 500; at += 1) synced(`file-${at}`, 'contents');
    later = 25 * HOUR;
    const head = store.head.bind(store);
    let [asked, asking, most] = [0, 0, 0];
    store.head = async (name) => {
      asked += 1;
      asking += 1;
      most = Math.max(most, asking);
      await new Promise((resolve) => setImmediate(resolve));
      asking -= 1;
      if (asked === 200) mayAsk = false;
      return head(name);
    };
    await retention.sweep();
    expect([asked, most, counters.synced]).toEqual([200, 1, 300]);
    mayAsk = true;
    await retention.sweep();
    expect([asked, most, counters.synced, counters.counts.removedFromSynced]).toEqual([500, 1, 0, 500]);
  });
});
