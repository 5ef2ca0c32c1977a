import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as defaults from '../defaults.ts';
import { BlobCircuitBreaker } from './circuit-breaker.ts';
import { BlobFailure, blobFailure } from './failure.ts';

describe('the breaker of Blob', () => {
  let breaker: BlobCircuitBreaker;
  let probe: (signal: AbortSignal) => Promise<void>;
  const changes: string[] = [];

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    changes.length = 0;
    probe = () => Promise.resolve();
    breaker = new BlobCircuitBreaker({
      probe: (signal) => probe(signal),
      nowMs: () => Date.now(),
      random: () => 0.5,
      onChange: (state, reason) => changes.push(`${state} ${reason}`.trim()),
    });
  });
  afterEach(() => {
    breaker.stop();
    jest.useRealTimers();
  });

  const fail = (kind: 'unavailable' | 'flaky' | 'missing'): Promise<unknown> =>
    breaker.request(() => Promise.reject(new BlobFailure(kind, kind))).catch((error: unknown) => error);

  test('is unavailable at once when nothing listens, and available at the next answer', async () => {
    await fail('unavailable');
    expect(breaker.state).toBe('unavailable');
    await breaker.request(() => Promise.resolve());
    expect(changes).toEqual(['unavailable unavailable', 'available']);
  });

  test('tolerates single failures, but not a row of them', async () => {
    for (let at = 1; at < defaults.FAILURE_THRESHOLD; at += 1) await fail('flaky');
    await fail('missing');
    expect(breaker.state).toBe('available');
    for (let at = 0; at < defaults.FAILURE_THRESHOLD; at += 1) await fail('flaky');
    expect(breaker.state).toBe('unavailable');
  });

  test('probes while unavailable, within a second, until a probe succeeds', async () => {
    breaker.start();
    probe = () => Promise.reject(new BlobFailure('unavailable', 'still'));
    await fail('unavailable');
    await jest.advanceTimersByTimeAsync(1_000);
    expect([breaker.state, breaker.reason]).toEqual(['unavailable', 'still']);
    probe = () => Promise.resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(breaker.state).toBe('available');
  });

  test('gives the first probe, which also connects, more time than later ones', async () => {
    const limits = jest.spyOn(AbortSignal, 'timeout');
    breaker.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(limits.mock.calls).toEqual([[defaults.FIRST_PROBE_TIMEOUT_MS]]);
    await jest.advanceTimersByTimeAsync(defaults.IDLE_PROBE_MS);
    expect(limits.mock.calls.slice(1)).toEqual([[defaults.PROBE_TIMEOUT_MS]]);
    limits.mockRestore();
  });

  test('probes less and less often while Blob flaps', async () => {
    let probes = 0;
    probe = async () => {
      probes += 1;
    };
    breaker.start();
    await fail('unavailable');
    let flapping = true;
    const ups: number[] = [];
    const begun = Date.now();
    for (let at = 0; at < 600; at += 1) {
      await jest.advanceTimersByTimeAsync(100);
      if (breaker.state !== 'available' || !flapping) continue;
      ups.push(Date.now() - begun);
      await fail('unavailable');
    }
    expect(ups.slice(0, 5).map((ms) => Math.round(ms / 500) / 2)).toEqual([0.5, 1.5, 3.5, 7.5, 15.5]);
    expect(probes).toBeLessThan(12);
    // A return that lasts ends that.
    flapping = false;
    await jest.advanceTimersByTimeAsync(defaults.UNAVAILABLE_PROBE_CAP_MS + 5_000);
    expect(breaker.state).toBe('available');
    await fail('unavailable');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(breaker.state).toBe('available');
  });

  test('learns nothing from the failure of a request that began before the last change', async () => {
    let end = (): void => undefined;
    const old = breaker
      .request(() => new Promise((_, reject) => (end = () => reject(new BlobFailure('unavailable', 'old')))))
      .catch((error: unknown) => error);
    await fail('unavailable');
    await breaker.request(() => Promise.resolve());
    end();
    await old;
    expect(breaker.state).toBe('available');
  });

  test('breaks off what is under way when it is closed, and lets nothing more begin', async () => {
    const waiting = breaker
      .request((signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))))
      .catch((error: unknown) => error);
    breaker.close('stopping');
    expect(await waiting).toMatchObject({ message: 'stopping' });
    let begun = false;
    const late = breaker.request(async () => {
      begun = true;
    });
    await expect(late).rejects.toMatchObject({ message: 'stopping' });
    expect(begun).toBe(false);
  });

  test('gives up on a request that stalls, not on one that moves', async () => {
    const moving = breaker.request(async (signal, onProgress) => {
      for (let at = 0; at < 4; at += 1) {
        await new Promise((resolve) => setTimeout(resolve, defaults.REQUEST_STALL_MS - 10));
        onProgress();
      }
      return signal.aborted;
    });
    await jest.advanceTimersByTimeAsync(4 * defaults.REQUEST_STALL_MS);
    expect(await moving).toBe(false);
    const stalled = breaker
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
    [answer(404, 'ContainerNotFound'), 'unavailable'],
    [answer(403, 'AuthorizationPermissionMismatch'), 'unavailable'],
    [answer(401), 'unavailable'],
    [answer(416, 'InvalidRange'), 'range'],
    [answer(400, 'Md5Mismatch'), 'changed'],
    [answer(400, 'InvalidUri'), 'rejected'],
    [answer(500), 'flaky'],
    [answer(429), 'flaky'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'unavailable'],
    [Object.assign(new Error('x'), { code: 'ENOTFOUND' }), 'unavailable'],
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
