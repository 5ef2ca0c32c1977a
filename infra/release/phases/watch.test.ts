import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSlot } from '../appservice/web-slot.ts';
import { watch, worse } from './watch.ts';

const budget = { seconds: 15, errorShare: 0.02, p95Ms: 500 };
const healthy = { sent: 75, errors: 0, p95Ms: 40 };

describe('production after the swap is', () => {
  test('healthy when it is as it was', () => {
    expect(worse(healthy, healthy, budget)).toBeUndefined();
  });

  test('worse when it fails more requests than the budget allows', () => {
    expect(worse({ ...healthy, errors: 3 }, healthy, budget)).toMatch(/3 of 75 requests failed/);
  });

  test('not worse when the old version fails as much: the outage is shared', () => {
    expect(worse({ ...healthy, errors: 40 }, { ...healthy, errors: 40 }, budget)).toBeUndefined();
  });

  test('not worse for one failed request', () => {
    expect(worse({ sent: 5, errors: 1, p95Ms: 40 }, { ...healthy, sent: 5 }, budget)).toBeUndefined();
  });

  test('worse when it became slow', () => {
    expect(worse({ ...healthy, p95Ms: 700 }, healthy, budget)).toMatch(/p95 is 700 ms, before 40 ms/);
  });
});

describe('a watch', () => {
  const servers: Server[] = [];
  const short = { seconds: 1, errorShare: 0.02, p95Ms: 5000 };
  const watching = { oldBackWithinMs: 10_000, beat: () => undefined, onProgress: () => undefined };

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function slot(answer: RequestListener): Promise<WebSlot> {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WebSlot(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  const failsAt = (...paths: string[]): RequestListener => {
    return ({ url }, response) => response.writeHead(paths.includes(url ?? '') ? 500 : 200).end();
  };

  test('is not misled by the restart of the old version, which ends a swap', async () => {
    const upAt = performance.now() + 1500;
    const old = await slot((_, response) => response.writeHead(performance.now() < upAt ? 503 : 200).end());
    const production = await slot(failsAt('/api/ping'));
    const began = performance.now();
    await expect(watch(production, old, short, watching)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-WORSE',
      detail: { found: expect.stringMatching(/requests failed \(\/api\/ping: 500 \), before 0 of/) },
    });
    expect(performance.now() - began).toBeGreaterThan(2500);
  });

  test('finds nothing wrong with what fails in the old version too', async () => {
    const shared = failsAt('/api/ping', '/api/health');
    const seen = await watch(await slot(shared), await slot(shared), short, watching);
    expect(seen.errors).toBeGreaterThan(0);
  });

  test('judges production alone when the old version does not come back', async () => {
    const old = await slot((_, response) => response.writeHead(503).end());
    const within = { ...watching, oldBackWithinMs: 500 };
    await expect(watch(await slot(failsAt('/')), old, short, within)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-WORSE',
      detail: { found: expect.stringContaining('before 0 of 0') },
    });
    expect(await watch(await slot(failsAt()), old, short, within)).toMatchObject({ errors: 0 });
  });

  test('judges production alone when the old version answers only until its restart', async () => {
    const downAt = performance.now() + 500;
    const old = await slot((_, response) => response.writeHead(performance.now() < downAt ? 200 : 503).end());
    const production = await slot((_, response) => response.writeHead(performance.now() < downAt ? 200 : 500).end());
    await expect(watch(production, old, short, { ...watching, oldBackWithinMs: 500 })).rejects.toMatchObject({
      code: 'SLIP-RELEASE-WORSE',
    });
  });

  test('says once that it waits for the old version', async () => {
    const upAt = performance.now() + 900;
    const said: string[] = [];
    const old = await slot((_, response) => response.writeHead(performance.now() < upAt ? 503 : 200).end());
    await watch(await slot(failsAt()), old, short, { ...watching, onProgress: (text) => said.push(text) });
    expect(said).toEqual(['waiting for the previous version, to compare with it']);
  });
});
