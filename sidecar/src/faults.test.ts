import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Fault, FaultProxy } from '../testbed/fault-proxy.ts';
import { png, sha256, ulidName, writeAtomically } from '../testbed/files.ts';
import { byForm } from '../testbed/long-form.ts';
import type { SidecarProcess } from '../testbed/sidecar-process.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';
import * as defaults from './defaults.ts';

jest.setTimeout(120_000);

const FILES = byForm(80, 2_000);
/** Images that are made while Blob is unavailable. */
const FILES_OF_OUTAGE = byForm(5, 500);
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, retryAfter: '1' },
  { kind: 'reset' },
  { kind: 'resetMidBody' },
  { kind: 'lostAnswer' },
  { kind: 'slow', ms: 700 },
];

/** Blob that fails, hangs, becomes unavailable and recovers. */
describe('when Blob fails the sidecar', () => {
  let bed: Testbed;
  let proxy: FaultProxy;
  let sidecar: SidecarProcess;

  beforeAll(async () => {
    bed = await Testbed.start({ inMemory: false });
    proxy = await FaultProxy.start(bed.azurite.endpoint, bed.certificate);
    sidecar = await bed.sidecar({ blobEndpoint: proxy.endpoint });
  });
  afterAll(async () => {
    await bed?.stop();
    await proxy?.close();
  });

  afterEach(() => {
    proxy.fault = () => undefined;
    bed.identity.broken = false;
    bed.identity.lifeSeconds = 3_600;
    bed.azurite.signal('SIGCONT');
  });

  const isSynced = (name: string) => () => existsSync(join(sidecar.synced, name));
  const put = async (bytes = png()): Promise<string> => {
    const name = ulidName();
    await writeAtomically(sidecar.outbox, name, bytes);
    return name;
  };

  test('loses nothing while 30 % of the requests fail, each in another way', async () => {
    let count = 0;
    proxy.fault = () => {
      count += 1;
      return count % 10 < 3 ? FAULTS[Math.floor(count / 10) % FAULTS.length] : undefined;
    };
    const manifest = new Map<string, string>();
    for (let at = 0; at < FILES; at += 1) {
      const bytes = png(1_000 + 97 * (at % 50));
      manifest.set(await put(bytes), sha256(bytes));
    }
    const drained = await sidecar.drain(60);
    proxy.fault = () => undefined;
    expect(await drained.json()).toMatchObject({ drained: true });
    expect(proxy.injected).toBeGreaterThan(FILES * 0.3);
    const blobs = await bed.azurite.manifest();
    for (const [name, hash] of manifest) expect([name, blobs.get(name)]).toEqual([name, hash]);
    expect(existsSync(sidecar.conflicts) ? await readdir(sidecar.conflicts) : []).toEqual([]);
  });

  test('keeps to Retry-After', async () => {
    const attempts: number[] = [];
    proxy.fault = ({ method }) => {
      if (method !== 'PUT') return undefined;
      attempts.push(performance.now());
      return attempts.length === 1 ? { kind: 'status', status: 503, retryAfter: '2' } : undefined;
    };
    await until('it is synced', isSynced(await put()));
    proxy.fault = () => undefined;
    expect((attempts[1] ?? 0) - (attempts[0] ?? 0)).toBeGreaterThanOrEqual(1_990);
  });

  test('counts an upload whose answer was lost as one, after asking Blob for its MD5', async () => {
    proxy.seen.length = 0;
    let lost = false;
    proxy.fault = ({ method }) => {
      if (method !== 'PUT' || lost) return undefined;
      lost = true;
      return { kind: 'lostAnswer' };
    };
    const name = await put();
    expect((await sidecar.carryOnceAvailable(name)).status).toBe(200);
    proxy.fault = () => undefined;
    const methods = proxy.seen.filter(({ path }) => path.includes(name)).map(({ method }) => method);
    expect(methods).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  test('says at once that Blob is unavailable, once it knows, and carries all that came meanwhile when Blob is back', async () => {
    await bed.azurite.down('SIGKILL');
    await sidecar.carry(await put());
    await until('it knows', async () => (await sidecar.status()).blob.state === 'away');
    const manifest = new Map<string, string>();
    for (let at = 0; at < FILES_OF_OUTAGE; at += 1) {
      const bytes = png(5_000);
      const name = await put(bytes);
      manifest.set(name, sha256(bytes));
      // A caller that waited for its file would get 202 in the end.
      expect((await sidecar.carry(name, 10_000)).status).toBe(503);
    }
    expect((await sidecar.blob(ulidName())).status).toBe(503);
    expect((await fetch(`${sidecar.url}/readyz`)).status).toBe(200);
    await bed.azurite.up();
    expect((await sidecar.drain(100)).status).toBe(200);
    const blobs = await bed.azurite.manifest();
    for (const [name, hash] of manifest) expect([name, blobs.get(name)]).toEqual([name, hash]);
    await until('it is available', async () => (await sidecar.status()).blob.state === 'up');
  });

  test('waits out a role that is not there yet, recovers when it is, and then says that nothing is pending', async () => {
    const count = (line: string): number => sidecar.output.split(line).length - 1;
    // As it is while a role spreads: the container answers, and takes nothing.
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'status', status: 403 } : undefined);
    const before = count('"Blob is available"');
    const names = await Promise.all(Array.from({ length: 30 }, () => put()));
    await until('Blob flaps', () => count('"Blob is available"') >= before + 2);
    // As it is when the role was removed.
    proxy.fault = () => ({ kind: 'status', status: 403 });
    await until('it is unavailable', async () => (await sidecar.carry(names[0] ?? '')).status === 503);
    proxy.fault = () => undefined;
    // Others look at the status all the time, as the heartbeat and a console do. Their counts must not be passed on.
    let looking = true;
    const lookers = Array.from({ length: 4 }, async () => {
      while (looking) await sidecar.status();
    });
    expect(await (await sidecar.drain(100)).json()).toEqual({ drained: true, leftCount: 0, left: [] });
    const { media } = await sidecar.status();
    looking = false;
    await Promise.all(lookers);
    for (const name of names) expect(isSynced(name)()).toBe(true);
    expect(media).toMatchObject({ pending: 0, stuckCount: 0, conflictCount: 0 });
  });

  test('notices a Blob that takes connections and says nothing, and recovers when it answers again', async () => {
    bed.azurite.signal('SIGSTOP');
    const name = await put();
    expect([202, 503]).toContain((await sidecar.carry(name, 1_500)).status);
    await until('it knows', async () => (await sidecar.status()).blob.state === 'away');
    expect((await sidecar.carry(await put())).status).toBe(503);
    bed.azurite.signal('SIGCONT');
    await until('it is synced', isSynced(name));
  });

  test('asks for new tokens before the old ones end, and gets over an identity endpoint that fails', async () => {
    bed.identity.lifeSeconds = 2;
    await sidecar.down('SIGKILL');
    const given = bed.identity.given;
    await sidecar.up();
    await until('it asked for another token', async () => {
      expect((await sidecar.carryOnceAvailable(await put(), 20_000)).status).toBe(200);
      return bed.identity.given - given >= 2;
    });
    bed.identity.broken = true;
    await until('it knows why', async () => {
      await sidecar.carry(await put(), 100);
      return /no token|expired|401|403/i.test((await sidecar.status()).blob.reason ?? '');
    });
    const name = await put();
    expect((await sidecar.carry(name)).status).toBe(503);
    bed.identity.broken = false;
    await until('it is synced', isSynced(name));
  });

  /** Holds back every PUT until the returned function is called. */
  const holdPuts = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'held', until: promise } : undefined);
    return resolve;
  };
  const isStopping = async (): Promise<boolean> => (await fetch(`${sidecar.url}/readyz`)).status === 503;
  /** Blob was sent this file; another one that the sidecar found at its start may be in hand as well. */
  const isInHand = (name: string) => (): boolean =>
    proxy.seen.some(({ method, path }) => method === 'PUT' && path.split('?')[0]?.endsWith(`/${name}`));

  /**
   * Holds an upload, stops the sidecar, and lets the upload go on after `whileItStops`. On a machine so busy that Blob counts as
   * unavailable meanwhile, the waiting caller is told so; then it is tried again. Resolves with the name of its file.
   */
  const stopWhileUploading = async (whileItStops: () => Promise<void>): Promise<string> => {
    for (;;) {
      await sidecar.down('SIGKILL');
      await sidecar.up();
      const release = holdPuts();
      const name = await put();
      const carrying = sidecar.carry(name, 20_000);
      await until('it is in hand', isInHand(name));
      const stopped = sidecar.down('SIGTERM');
      await until('it stops', isStopping);
      await whileItStops();
      release();
      const answer = await carrying;
      expect(await stopped).toBe(0);
      if (answer.status === 200) return name;
      expect(await answer.json()).toMatchObject({ reason: expect.stringMatching(/^Blob is unavailable/) });
    }
  };

  test('finishes uploads when it has to stop, and answers the waiting callers', async () => {
    const name = await stopWhileUploading(async () => undefined);
    expect(isSynced(name)()).toBe(true);
  });

  test('answers 503 to callers that come while it stops, and carries their files when it is back', async () => {
    let late = '';
    const foreign = 'late.txt';
    const inHand = await stopWhileUploading(async () => {
      late = ulidName();
      await writeAtomically(sidecar.outbox, late, png());
      await writeFile(join(sidecar.outbox, foreign), 'late');
      for (const [name, wait] of [
        [late, 20_000],
        [late, 0],
        [foreign, 20_000],
      ] as const) {
        expect([name, (await sidecar.carry(name, wait)).status]).toEqual([name, 503]);
      }
    });
    expect([isSynced(inHand)(), isSynced(late)(), existsSync(join(sidecar.outbox, late))]).toEqual([true, false, true]);
    proxy.fault = () => undefined;
    await sidecar.up();
    for (const name of [late, foreign]) await until('it is synced', isSynced(name));
    expect(await sidecar.down('SIGTERM')).toBe(0);
  });

  test('stops within its limit when Blob hangs', async () => {
    await sidecar.down('SIGKILL');
    await sidecar.up({ MEDIA_STOP_S: '1' });
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'hang' } : undefined);
    const name = await put();
    const carrying = sidecar.carry(name, 30_000);
    await until('it is in hand', isInHand(name));
    const stopped = sidecar.down('SIGTERM');
    // Without the limit the sidecar would wait until the request stalls.
    const stalled = sleep(defaults.REQUEST_STALL_MS - 2_000, 'stalled', { ref: false });
    expect(await Promise.race([stopped, stalled])).toBe(0);
    expect((await carrying).status).toBe(503);
    expect(existsSync(join(sidecar.outbox, name))).toBe(true);
    proxy.fault = () => undefined;
  });
});
