import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Fault, FaultProxy } from '../testbed/fault-proxy.ts';
import { png, sha256, ulidName, writeAtomically } from '../testbed/files.ts';
import type { SidecarProcess } from '../testbed/sidecar-process.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';

/** The long form: SIDECAR_FAULT_FILES=2000 SIDECAR_OUTAGE_S=120. */
const FILES = Number(process.env.SIDECAR_FAULT_FILES ?? 80);
const OUTAGE_S = Number(process.env.SIDECAR_OUTAGE_S ?? 1.5);
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
  }, 30_000);
  afterAll(async () => {
    await bed?.stop();
    await proxy?.close();
  });

  afterEach(() => {
    proxy.fault = () => undefined;
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
  }, 90_000);

  test('keeps to Retry-After', async () => {
    const attempts: number[] = [];
    proxy.fault = ({ method }) => {
      if (method !== 'PUT') return undefined;
      attempts.push(performance.now());
      return attempts.length === 1 ? { kind: 'status', status: 503, retryAfter: '2' } : undefined;
    };
    await until('it is synced', isSynced(await put()), 8_000);
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
    expect((await sidecar.carry(name)).status).toBe(200);
    proxy.fault = () => undefined;
    const methods = proxy.seen.filter(({ path }) => path.includes(name)).map(({ method }) => method);
    expect(methods).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  test(
    'says at once that Blob is unavailable, once it knows, and carries all that came meanwhile within 30 s of its return',
    async () => {
      await bed.azurite.down('SIGKILL');
      await sidecar.carry(await put());
      await until('it knows', async () => (await sidecar.status()).blob.state === 'away', 5_000);
      const manifest = new Map<string, string>();
      const end = performance.now() + 1_000 * OUTAGE_S;
      while (performance.now() < end) {
        const bytes = png(5_000);
        const name = await put(bytes);
        manifest.set(name, sha256(bytes));
        const begun = performance.now();
        expect((await sidecar.carry(name, 10_000)).status).toBe(503);
        expect(performance.now() - begun).toBeLessThan(5_000);
        await sleep(100);
      }
      expect((await sidecar.blob(ulidName())).status).toBe(503);
      expect((await fetch(`${sidecar.url}/readyz`)).status).toBe(200);
      await bed.azurite.up();
      const back = performance.now();
      expect((await sidecar.drain(30)).status).toBe(200);
      expect(performance.now() - back).toBeLessThan(30_000);
      expect(manifest.size).toBeGreaterThan(OUTAGE_S * 2);
      const blobs = await bed.azurite.manifest();
      for (const [name, hash] of manifest) expect([name, blobs.get(name)]).toEqual([name, hash]);
      expect((await sidecar.status()).blob.state).toBe('up');
    },
    60_000 + 1_000 * OUTAGE_S,
  );

  test('waits out a role that is not there yet, with longer and longer pauses, and recovers when it is', async () => {
    const count = (line: string): number => sidecar.output.split(line).length - 1;
    const before = count('"Blob is up"');
    // As it is while a role spreads: the container shows itself, and takes nothing.
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'status', status: 403 } : undefined);
    const names = await Promise.all(Array.from({ length: 30 }, () => put()));
    await sleep(8_000);
    expect(count('"Blob is up"') - before).toBeLessThan(9);
    // As it is when the role was taken away.
    proxy.fault = () => ({ kind: 'status', status: 403 });
    await sleep(1_000);
    expect((await sidecar.carry(names[0] ?? '')).status).toBe(503);
    proxy.fault = () => undefined;
    expect(await (await sidecar.drain(30)).json()).toEqual({ drained: true, leftCount: 0, left: [] });
    for (const name of names) expect(isSynced(name)()).toBe(true);
    expect((await sidecar.status()).media).toMatchObject({ pending: 0, stuckCount: 0, conflictCount: 0 });
  }, 60_000);

  test('notices a Blob that takes connections and says nothing, and recovers when it speaks again', async () => {
    bed.azurite.signal('SIGSTOP');
    const name = await put();
    expect([202, 503]).toContain((await sidecar.carry(name, 1_500)).status);
    await until('it knows', async () => (await sidecar.status()).blob.state === 'away', 8_000);
    expect((await sidecar.carry(await put())).status).toBe(503);
    bed.azurite.signal('SIGCONT');
    const back = performance.now();
    await until('it is synced', isSynced(name), 5_000);
    expect(performance.now() - back).toBeLessThan(5_000);
  }, 30_000);

  test('asks for new tokens before the old ones end, and gets over an identity endpoint that fails', async () => {
    bed.identity.lifeSeconds = 2;
    await sidecar.down('SIGKILL');
    const given = bed.identity.given;
    await sidecar.up();
    const end = performance.now() + 4_000;
    while (performance.now() < end) {
      expect((await sidecar.carry(await put())).status).toBe(200);
      await sleep(200);
    }
    expect(bed.identity.given - given).toBeGreaterThanOrEqual(2);
    bed.identity.broken = true;
    const broken = await until(
      'it knows',
      async () => {
        await sidecar.carry(await put(), 100);
        const { blob } = await sidecar.status();
        return blob.state === 'away' && blob;
      },
      15_000,
      200,
    );
    expect(broken.reason).toMatch(/no token|expired|401|403/i);
    const name = await put();
    expect((await sidecar.carry(name)).status).toBe(503);
    bed.identity.broken = false;
    await until('it is synced', isSynced(name), 5_000);
    bed.identity.lifeSeconds = 3_600;
  }, 40_000);

  test('finishes uploads when it has to stop, and answers the waiting callers', async () => {
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'slow', ms: 800 } : undefined);
    const name = await put();
    const carrying = sidecar.carry(name, 5_000);
    await sleep(300);
    const stopped = sidecar.down('SIGTERM');
    expect((await carrying).status).toBe(200);
    expect(await stopped).toBe(0);
    expect(isSynced(name)()).toBe(true);
    proxy.fault = () => undefined;
  }, 20_000);

  test('answers 503 to who comes while it stops, and carries that file when it is back', async () => {
    await sidecar.down('SIGKILL');
    await sidecar.up();
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'slow', ms: 1_500 } : undefined);
    const [inHand, late, foreign] = [await put(), ulidName(), 'late.txt'];
    const carrying = sidecar.carry(inHand, 5_000);
    await until('it is in hand', async () => (await sidecar.status()).media.inHand === 1);
    const stopped = sidecar.down('SIGTERM');
    await until('it stops', async () => (await fetch(`${sidecar.url}/readyz`)).status === 503);
    await writeAtomically(sidecar.outbox, late, png());
    await writeFile(join(sidecar.outbox, foreign), 'late');
    const begun = performance.now();
    for (const [name, wait] of [
      [late, 5_000],
      [late, 0],
      [foreign, 5_000],
    ] as const) {
      expect([name, (await sidecar.carry(name, wait)).status]).toEqual([name, 503]);
    }
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect((await carrying).status).toBe(200);
    expect(await stopped).toBe(0);
    expect([isSynced(inHand)(), isSynced(late)(), existsSync(join(sidecar.outbox, late))]).toEqual([true, false, true]);
    proxy.fault = () => undefined;
    await sidecar.up();
    for (const name of [late, foreign]) await until('it is synced', isSynced(name));
    expect(await sidecar.down('SIGTERM')).toBe(0);
  }, 30_000);

  test('stops within its limit when Blob hangs', async () => {
    await sidecar.down('SIGKILL');
    await sidecar.up({ MEDIA_STOP_S: '1' });
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'hang' } : undefined);
    const name = await put();
    const carrying = sidecar.carry(name, 20_000);
    await sleep(300);
    const begun = performance.now();
    expect(await sidecar.down('SIGTERM')).toBe(0);
    expect(performance.now() - begun).toBeLessThan(8_000);
    expect((await carrying).status).toBe(503);
    expect(existsSync(join(sidecar.outbox, name))).toBe(true);
    proxy.fault = () => undefined;
  }, 20_000);
});
