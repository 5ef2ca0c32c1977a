import { describe, expect, test } from '@jest/globals';
import { SlipError } from '../../lib/errors.ts';
import type { SwapStatus } from '../appservice/app-service.ts';
import { hasSwapped, swap } from './swap.ts';

const target = { limits: { swapShowsMs: 40 }, management: { pollMs: 1 } };

function failure(statusCode?: number): SlipError {
  const cause = Object.assign(new Error('no'), statusCode === undefined ? {} : { statusCode });
  return new SlipError('SLIP-RELEASE-SWAP-FAILED', { found: 'no', expected: 'yes', fix: 'again', cause });
}

/** A site that does not do the first swaps, and says so as the failures do. */
function site(...failures: SlipError[]) {
  let swaps = 0;
  const asked: string[] = [];
  const appService = {
    swap: async () => {
      asked.push('swap');
      const error = failures.shift();
      if (error !== undefined) throw error;
      swaps += 1;
    },
    swapStatus: async (): Promise<SwapStatus> => ({ lastSwap: String(swaps), inProgress: false }),
  };
  const attempt = {
    enter: async (phase: string) => void asked.push(`enter ${phase}`),
    notSwapped: () => void asked.push('not swapped'),
  };
  return { asked, run: (phase: 'swap' | 'swap back') => swap({ appService, target }, attempt, phase) };
}

describe('a swap', () => {
  test('that the platform refuses is not asked for again', async () => {
    const { asked, run } = site(failure(400));
    await expect(run('swap')).rejects.toMatchObject({ code: 'SLIP-RELEASE-SWAP-FAILED' });
    expect(asked).toEqual(['enter swap', 'swap', 'not swapped']);
  });

  test('back that the platform refuses, since the old version restarts, is asked for again, each time under the lock', async () => {
    const { asked, run } = site(failure(409), failure(500));
    expect(await run('swap back')).toBe('1');
    expect(asked).toEqual(['enter swap back', 'swap', 'enter swap back', 'swap', 'enter swap back', 'swap']);
  });

  test('back that the platform goes on refusing is an error', async () => {
    const { run } = site(...Array.from({ length: 20 }, () => failure(400)));
    await expect(run('swap back')).rejects.toMatchObject({ code: 'SLIP-RELEASE-SWAP-FAILED' });
  });
});

describe('whether it was swapped', () => {
  /** A site that shows one status after the other, the last one for ever. */
  function showing(...statuses: SwapStatus[]) {
    let asked = 0;
    const swapStatus = async (): Promise<SwapStatus> => statuses[Math.min(asked++, statuses.length - 1)] ?? before;
    return { swapStatus };
  }
  const before = { lastSwap: '0', inProgress: false };
  const underWay = { lastSwap: '0', inProgress: true };
  const after = { lastSwap: '1', inProgress: false };
  const patient = { limits: { swapShowsMs: 60_000 }, management: { pollMs: 1 } };

  test('is seen when the site shows only a moment later that a swap is under way', async () => {
    expect(await hasSwapped(showing(before, before, underWay, underWay, after), '0', patient)).toBe(true);
  });

  test('is seen when the site shows its end a moment later', async () => {
    expect(await hasSwapped(showing(before, before, after), '0', patient)).toBe(true);
  });

  test('is known to be no when the site has shown none for long enough', async () => {
    expect(await hasSwapped(showing(before), '0', target)).toBe(false);
  });

  test('is known at once when it was refused', async () => {
    expect(await hasSwapped(showing(before, after), '0', patient, true)).toBe(false);
  });
});
