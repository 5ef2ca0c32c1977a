import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as defaults from '../defaults.ts';
import { Reach } from './circuit-breaker.ts';
import { BlobFailure, blobFailure } from './failure.ts';

describe('the reach of Blob', () => {
  let reach: Reach;
  let probe: (signal: AbortSignal) => Promise<void>;
  const changes: string[] = [];

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    changes.length = 0;
    probe = () => Promise.resolve();
    reach = new Reach({
      probe: (signal) => probe(signal),
      nowMs: () => Date.now(),
      random: () => 0.5,
      onChange: (state, reason) => changes.push(`${state} ${reason}`.trim()),
    });
  });
  afterEach(() => {
    reach.stop();
    jest.useRealTimers();
  });

  const fail = (kind: 'away' | 'flaky' | 'missing'): Promise<unknown> =>
    reach.request(() => Promise.reject(new BlobFailure(kind, kind))).catch((error: unknown) => error);

  test('is away at once when nothing listens, and up at the next answer', async () => {
    await fail('away');
    expect(reach.state).toBe('away');
    await reach.request(() => Promise.resolve());
    expect(changes).toEqual(['away away', 'up']);
  });

  test('bears single failures, but not a row of them', async () => {
    for (let at = 1; at < defaults.FAILURES_UNTIL_AWAY; at += 1) await fail('flaky');
    await fail('missing');
    expect(reach.state).toBe('up');
    for (let at = 0; at < defaults.FAILURES_UNTIL_AWAY; at += 1) await fail('flaky');
    expect(reach.state).toBe('away');
  });

  test('asks for a sign of life while away, within a second, until there is one', async () => {
    reach.start();
    probe = () => Promise.reject(new BlobFailure('away', 'still'));
    await fail('away');
    await jest.advanceTimersByTimeAsync(1_000);
    expect([reach.state, reach.reason]).toEqual(['away', 'still']);
    probe = () => Promise.resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(reach.state).toBe('up');
  });

  test('asks less and less often while Blob gives signs of life and is away again at once', async () => {
    let probes = 0;
    probe = async () => {
      probes += 1;
    };
    reach.start();
    await fail('away');
    let relapsing = true;
    const ups: number[] = [];
    const begun = Date.now();
    for (let at = 0; at < 600; at += 1) {
      await jest.advanceTimersByTimeAsync(100);
      if (reach.state !== 'up' || !relapsing) continue;
      ups.push(Date.now() - begun);
      await fail('away');
    }
    expect(ups.slice(0, 5).map((ms) => Math.round(ms / 500) / 2)).toEqual([0.5, 1.5, 3.5, 7.5, 15.5]);
    expect(probes).toBeLessThan(12);
    // A return that lasts ends that.
    relapsing = false;
    await jest.advanceTimersByTimeAsync(defaults.AWAY_PROBE_CAP_MS + 5_000);
    expect(reach.state).toBe('up');
    await fail('away');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(reach.state).toBe('up');
  });

  test('breaks off what is under way when it is closed, and lets nothing more begin', async () => {
    const waiting = reach
      .request((signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))))
      .catch((error: unknown) => error);
    reach.close('stopping');
    expect(await waiting).toMatchObject({ message: 'stopping' });
    let begun = false;
    const late = reach.request(async () => {
      begun = true;
    });
    await expect(late).rejects.toMatchObject({ message: 'stopping' });
    expect(begun).toBe(false);
  });

  test('gives up on a request that stalls, not on one that moves', async () => {
    const moving = reach.request(async (signal, alive) => {
      for (let at = 0; at < 4; at += 1) {
        await new Promise((resolve) => setTimeout(resolve, defaults.REQUEST_STALL_MS - 10));
        alive();
      }
      return signal.aborted;
    });
    await jest.advanceTimersByTimeAsync(4 * defaults.REQUEST_STALL_MS);
    expect(await moving).toBe(false);
    const stalled = reach
      .request((signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))))
      .catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(defaults.REQUEST_STALL_MS + 10);
    expect(await stalled).toMatchObject({ kind: 'flaky' });
  });
});

describe('a failure of Blob', () => {
  const answer = (statusCode: number, code = '', retryAfter?: string): unknown => ({
    statusCode,
    message: code,
    response: {
      headers: {
        get: (name: string) => (name === 'x-ms-error-code' ? code : name === 'retry-after' ? retryAfter : undefined),
      },
    },
  });

  test.each([
    [answer(409, 'BlobAlreadyExists'), 'exists'],
    [answer(412, 'ConditionNotMet'), 'exists'],
    [answer(404, 'BlobNotFound'), 'missing'],
    [answer(404, 'ContainerNotFound'), 'away'],
    [answer(403, 'AuthorizationPermissionMismatch'), 'away'],
    [answer(401), 'away'],
    [answer(416, 'InvalidRange'), 'range'],
    [answer(400, 'Md5Mismatch'), 'changed'],
    [answer(400, 'InvalidUri'), 'rejected'],
    [answer(500), 'flaky'],
    [answer(429), 'flaky'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'away'],
    [Object.assign(new Error('x'), { code: 'ENOTFOUND' }), 'away'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'flaky'],
    [new Error('socket hang up'), 'flaky'],
    ['text', 'flaky'],
  ])('%# means the right thing', (error, kind) => {
    expect(blobFailure(error, 0).kind).toBe(kind);
  });

  test('carries Retry-After', () => {
    expect(blobFailure(answer(503, 'ServerBusy', '7'), 0).retryAfterMs).toBe(7_000);
  });
});
