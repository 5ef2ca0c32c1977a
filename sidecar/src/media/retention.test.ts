import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../testbed/memory-store.ts';
import { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import { BlobFailure } from '../blob/failure.ts';
import { BufferPool } from './buffer-pool.ts';
import { Counters } from './counters.ts';
import { type Folders, foldersIn } from './folders.ts';
import { Retention } from './retention.ts';

const HOUR = 3_600_000;

describe('retention', () => {
  let folders: Folders;
  let store: MemoryStore;
  let retention: Retention;
  let counters: Counters;
  let later = 0;
  let mayAsk = true;

  beforeEach(() => {
    folders = foldersIn(mkdtempSync(join(tmpdir(), 'slipway-retention-')));
    for (const folder of [folders.outbox, folders.synced, folders.conflicts]) mkdirSync(folder);
    store = new MemoryStore();
    later = 0;
    mayAsk = true;
    const nowMs = (): number => Date.now() + later;
    const breaker = new BlobCircuitBreaker({
      probe: () => store.probe(),
      nowMs,
      random: Math.random,
      onChange: () => undefined,
    });
    counters = new Counters(nowMs);
    const context = { folders, store, breaker, buffers: new BufferPool(), nowMs };
    retention = new Retention({
      context,
      counters,
      log: () => undefined,
      retentionMs: 24 * HOUR,
      mayAsk: () => mayAsk,
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
