import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { png, ulidName } from '../../testbed/files.ts';
import { memoryContext } from '../../testbed/memory-context.ts';
import type { MemoryStore } from '../../testbed/memory-store.ts';
import { until } from '../../testbed/until.ts';
import { BlobFailure } from '../blob/failure.ts';
import { tracer } from '../telemetry/tracer.ts';
import { Counters } from './counters.ts';
import type { Folders } from './folders.ts';
import { Scan } from './scan.ts';
import { Uploader } from './uploader.ts';
import { Waitlist } from './waitlist.ts';

const nowMs = (): number => Date.now();

describe('the scan', () => {
  let folders: Folders;
  let store: MemoryStore;
  let waitlist: Waitlist;
  let uploader: Uploader;
  let scan: Scan;
  let passes = 0;

  beforeEach(() => {
    const context = memoryContext(nowMs);
    ({ folders, store } = context);
    waitlist = new Waitlist(nowMs, 60_000);
    passes = 0;
    uploader = new Uploader({
      context,
      waitlist,
      counters: new Counters(nowMs),
      log: () => undefined,
      random: () => 0,
      concurrency: 2,
      startSpan: tracer(() => undefined, nowMs, {}),
      blobUrl: 'https://host/container',
      looks: { add: () => undefined },
      warn: () => undefined,
    });
    scan = new Scan({
      outbox: folders.outbox,
      uploader,
      waitlist,
      intervalMs: 10,
      nowMs,
      mayUpload: () => true,
      self: () => 'self',
      others: () => [],
      onPass: () => (passes += 1),
    });
  });
  afterEach(async () => {
    scan.stop();
    await uploader.stop();
    rmSync(folders.root, { recursive: true, force: true });
  });

  test('remembers since when a file has been failing, also while it is tried once more', async () => {
    const name = ulidName();
    writeFileSync(join(folders.outbox, name), png());
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    store.duringPut = async () => {
      if (store.puts > 1) await held;
      throw new BlobFailure('rejected', '400');
    };
    void scan.run();
    await until('it is tried again', () => store.puts === 2);
    const since = waitlist.get(name)?.sinceMs;
    const before = passes;
    await until('the scan passes it by', () => passes > before + 2);
    expect(since).toBeDefined();
    expect(waitlist.get(name)?.sinceMs).toBe(since);
    release();
  });
});
