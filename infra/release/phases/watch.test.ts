import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { InstantClock } from '../../testbed/instant-clock.ts';
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

  test('not worse than a version that answered nothing, whose times say nothing', () => {
    expect(worse({ ...healthy, p95Ms: 700 }, { sent: 75, errors: 75, p95Ms: 0 }, budget)).toBeUndefined();
  });

  test('worse when it became slow', () => {
    expect(worse({ ...healthy, p95Ms: 700 }, healthy, budget)).toMatch(/p95 is 700 ms, before 40 ms/);
  });
});

describe('a watch', () => {
  const servers: Server[] = [];
  const short = { seconds: 1, errorShare: 0.02, p95Ms: 60_000 };

  function watching(clock = new InstantClock()) {
    return {
      paths: ['/api/ping', '/', '/api/images', '/_slipway/health'],
      oldBackWithinMs: 10_000,
      beat: () => undefined,
      onProgress: () => undefined,
      clock,
    };
  }

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
  const isUpWhen =
    (up: () => boolean): RequestListener =>
    (_, response) =>
      response.writeHead(up() ? 200 : 503).end();

  test('is not misled by the restart of the old version, which ends a swap', async () => {
    const clock = new InstantClock();
    const old = await slot(isUpWhen(() => clock.now() >= 1500));
    const production = await slot(failsAt('/api/ping'));
    await expect(watch(production, old, short, watching(clock))).rejects.toMatchObject({
      code: 'SLIP-RELEASE-WORSE',
      detail: { found: expect.stringMatching(/requests failed \(\/api\/ping: 500 \), before 0 of 8/) },
    });
    expect(clock.now()).toBeGreaterThanOrEqual(2500);
  });

  test('finds nothing wrong with what fails in the old version too', async () => {
    const shared = failsAt('/api/ping', '/_slipway/health');
    const longer = { ...short, seconds: 2 };
    const seen = await watch(await slot(shared), await slot(shared), longer, watching());
    expect(seen).toMatchObject({ sent: 10, errors: 5 });
  });

  test('asks each path twice, however few turns there are in the seconds', async () => {
    const seen = await watch(await slot(failsAt()), await slot(failsAt()), { ...short, seconds: 0.1 }, watching());
    expect(seen).toMatchObject({ sent: 8, errors: 0 });
    const failing = watch(await slot(failsAt('/')), await slot(failsAt()), { ...short, seconds: 0.1 }, watching());
    await expect(failing).rejects.toMatchObject({ code: 'SLIP-RELEASE-WORSE' });
  });

  test('judges production alone when the old version does not come back', async () => {
    const old = await slot(isUpWhen(() => false));
    await expect(watch(await slot(failsAt('/')), old, short, watching())).rejects.toMatchObject({
      code: 'SLIP-RELEASE-WORSE',
      detail: { found: expect.stringContaining('before 0 of 0') },
    });
    expect(await watch(await slot(failsAt()), old, short, watching())).toMatchObject({ errors: 0 });
  });

  test('judges production alone when the old version answers only until its restart', async () => {
    const clock = new InstantClock();
    const old = await slot(isUpWhen(() => clock.now() < 500));
    const production = await slot((_, response) => response.writeHead(clock.now() < 500 ? 200 : 500).end());
    await expect(watch(production, old, short, watching(clock))).rejects.toMatchObject({
      code: 'SLIP-RELEASE-WORSE',
    });
  });

  test('says once that it waits for the old version', async () => {
    const clock = new InstantClock();
    const said: string[] = [];
    const old = await slot(isUpWhen(() => clock.now() >= 900));
    await watch(await slot(failsAt()), old, short, { ...watching(clock), onProgress: (text) => said.push(text) });
    expect(said).toEqual(['waiting for the previous version, to compare with it']);
  });
});
