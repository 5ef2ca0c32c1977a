import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { png, ulidName } from '../../testbed/files.ts';
import { memoryContext } from '../../testbed/memory-context.ts';
import type { MemoryStore } from '../../testbed/memory-store.ts';
import type { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import { BlobFailure } from '../blob/failure.ts';
import { Counters } from '../media/counters.ts';
import type { Folders } from '../media/folders.ts';
import { Uploader } from '../media/uploader.ts';
import { Waitlist } from '../media/waitlist.ts';
import { tracer } from '../telemetry/tracer.ts';
import { CarryRoute } from './carry-route.ts';

const nowMs = (): number => Date.now();

describe('callers of carry', () => {
  let folders: Folders;
  let store: MemoryStore;
  let breaker: BlobCircuitBreaker;
  let uploader: Uploader;
  let route: CarryRoute;
  let release: () => void;

  beforeEach(() => {
    const onChange = (state: string): void => {
      if (state === 'unavailable') route.wakeAll('Blob is unavailable');
    };
    const context = memoryContext(nowMs, onChange);
    ({ folders, store, breaker } = context);
    const held = new Promise<void>((resolve) => (release = resolve));
    store.duringPut = () => held;
    const counters = new Counters(nowMs);
    uploader = new Uploader({
      context,
      waitlist: new Waitlist(nowMs, 60_000),
      counters,
      log: () => undefined,
      random: Math.random,
      concurrency: 2,
      startSpan: tracer(() => undefined, nowMs, {}),
      blobUrl: 'https://host/container',
      looks: { add: () => undefined },
      warn: () => undefined,
    });
    route = new CarryRoute({ uploader, breaker, folders, counters, maxWaiters: 3 });
  });
  afterEach(async () => {
    release();
    await uploader.stop();
    rmSync(folders.root, { recursive: true, force: true });
  });

  const put = (): string => {
    const name = ulidName();
    writeFileSync(join(folders.outbox, name), png());
    return name;
  };

  test('learn where a file is that the scan has taken before them', async () => {
    const [synced, conflict, absent] = [ulidName(), ulidName(), ulidName()];
    writeFileSync(join(folders.synced, synced), png());
    writeFileSync(join(folders.conflicts, conflict), png());
    const answers = await Promise.all([synced, conflict, absent].map((name) => route.carry(name, 10_000)));
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 404]);
  });

  test('wait only so many at once; the others hear 202 at once, and their files are carried all the same', async () => {
    const waiting = [put(), put(), put()].map((name) => route.carry(name, 10_000));
    expect(route.waiters).toBe(3);
    const late = put();
    expect((await route.carry(late, 10_000)).status).toBe(202);
    release();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
    await uploader.stop();
    expect(store.blobs.has(late)).toBe(true);
    expect(route.waiters).toBe(0);
  });

  test('hear 202 when their time is over, and leave no trace', async () => {
    expect((await route.carry(put(), 20)).status).toBe(202);
    expect((await route.carry(put(), 0)).status).toBe(202);
    expect(route.waiters).toBe(0);
  });

  test('who wait for one file all hear of it, and it is uploaded once', async () => {
    const name = put();
    const waiting = [route.carry(name, 10_000), route.carry(name, 10_000)];
    release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    expect(store.puts).toBe(1);
  });

  test('hear 503 as soon as Blob becomes unavailable, and then at once', async () => {
    const waiting = route.carry(put(), 10_000);
    await breaker.request(() => Promise.reject(new BlobFailure('unavailable', 'ECONNREFUSED'))).catch(() => undefined);
    expect(await waiting).toEqual({ status: 503, body: { durable: false, reason: 'Blob is unavailable' } });
    expect((await route.carry(put(), 10_000)).status).toBe(503);
  });
});
