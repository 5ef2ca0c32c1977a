import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Fault, FaultProxy } from '../testbed/faultProxy.ts';
import { png, sha256, ulidName, writeAtomically } from '../testbed/files.ts';
import type { SidecarProcess } from '../testbed/sidecarProcess.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';

const FILES = Number(process.env.SIDECAR_FAULT_FILES ?? 80);
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, retryAfter: '1' },
  { kind: 'reset' },
  { kind: 'resetMidBody' },
  { kind: 'lostAnswer' },
  { kind: 'slow', ms: 700 },
];

/** Blob that fails, hangs, goes away and comes back. */
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

  test('says at once that Blob is away, once it knows, and recovers within 5 s of its return', async () => {
    await bed.azurite.down('SIGKILL');
    await sidecar.carry(await put());
    await until('it knows', async () => (await sidecar.status()).blob.state === 'away', 5_000);
    const names = [await put(), await put(), await put()];
    for (const name of names) {
      const begun = performance.now();
      const response = await sidecar.carry(name);
      expect(response.status).toBe(503);
      expect(performance.now() - begun).toBeLessThan(200);
    }
    expect((await sidecar.blob(ulidName())).status).toBe(503);
    expect((await fetch(`${sidecar.url}/readyz`)).status).toBe(200);
    await sleep(1_500);
    await bed.azurite.up();
    const back = performance.now();
    for (const name of names) await until('it is synced', isSynced(name), 5_000);
    expect(performance.now() - back).toBeLessThan(5_000);
    expect((await sidecar.status()).blob.state).toBe('up');
  }, 30_000);

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

  test('breaks nothing off when it is told to stop, and answers those who wait', async () => {
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

  test('stops within its limit when Blob hangs', async () => {
    await sidecar.up({ MEDIA_STOP_S: '1' });
    proxy.fault = ({ method }) => (method === 'PUT' ? { kind: 'hang' } : undefined);
    const name = await put();
    const carrying = sidecar.carry(name, 20_000);
    await sleep(300);
    const begun = performance.now();
    expect(await sidecar.down('SIGTERM')).toBe(0);
    expect(performance.now() - begun).toBeLessThan(4_000);
    expect((await carrying).status).not.toBe(200);
    expect(existsSync(join(sidecar.outbox, name))).toBe(true);
    proxy.fault = () => undefined;
  }, 20_000);
});
