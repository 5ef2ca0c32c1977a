import { setTimeout as sleep } from 'node:timers/promises';
import { SlipError } from '../../lib/errors.ts';
import { untilDefined } from '../../lib/until.ts';
import type { AppService } from '../appservice/app-service.ts';
import { wasRefused } from '../appservice/arm-failure.ts';
import { isLockLost } from '../store/lock.ts';
import type { ReleaseTarget } from '../target/target.ts';
import type { Attempt } from './attempt.ts';

/** Azure ends a swap by itself, one way or the other, well within this. */
const SWAP_ENDS_MS = 15 * 60_000;
/** A swap ends with the restart of the old version. Until then the platform may refuse to swap back. */
const SWAP_BACK_TRIES = 6;
const POLLS_BETWEEN_TRIES = 10;

interface Swapping {
  readonly appService: Pick<AppService, 'swap' | 'swapStatus'>;
  readonly target: Asking;
}

interface Asking {
  readonly limits: Pick<ReleaseTarget['limits'], 'swapShowsMs'>;
  readonly management: Pick<ReleaseTarget['management'], 'pollMs'>;
}

/**
 * Swaps, with the intent recorded before. Returns when routing has moved and the operation has ended: the site's timestamp of
 * this swap, which distinguishes it from a later one, or undefined when the site does not answer. A refused swap back is
 * repeated, because nothing else would do it.
 */
export async function swap(
  { appService, target }: Swapping,
  attempt: Pick<Attempt, 'enter' | 'notSwapped'>,
  phase: 'swap' | 'swap back',
): Promise<string | undefined> {
  const { lastSwap } = await appService.swapStatus();
  for (let tries = phase === 'swap back' ? SWAP_BACK_TRIES : 1; ; tries--) {
    await attempt.enter(phase, lastSwap);
    try {
      await appService.swap();
      break;
    } catch (error) {
      if (isLockLost(error)) throw error;
      // The answer may have been lost: the site knows whether it was swapped.
      if (await hasSwapped(appService, lastSwap, target, wasRefused(error))) break;
      if (tries === 1) {
        attempt.notSwapped();
        throw error;
      }
      await sleep(POLLS_BETWEEN_TRIES * target.management.pollMs);
    }
  }
  return appService.swapStatus().then(
    (now) => now.lastSwap,
    () => undefined,
  );
}

/**
 * Waits until no swap is under way, then returns whether one has ended since `lastSwap`. The site may show an unanswered
 * swap only after a moment; a refused one never appears.
 */
export async function hasSwapped(
  appService: Pick<AppService, 'swapStatus'>,
  lastSwap: string | undefined,
  { limits, management }: Asking,
  refused = false,
): Promise<boolean> {
  const showsMs = refused ? 0 : limits.swapShowsMs;
  let quietSince: number | undefined;
  const status = await untilDefined({ limitMs: SWAP_ENDS_MS, pollMs: management.pollMs }, async () => {
    const now = await appService.swapStatus();
    if (now.inProgress) {
      quietSince = undefined;
      return undefined;
    }
    quietSince ??= performance.now();
    return now.lastSwap !== lastSwap || performance.now() - quietSince >= showsMs ? now : undefined;
  });
  if (status === undefined) {
    throw new SlipError('SLIP-RELEASE-SWAP-HANGS', {
      found: `a swap has been under way for more than ${SWAP_ENDS_MS / 60_000} minutes`,
      expected: 'it to end by itself',
      fix: 'see the site’s activity log; when it has ended, repeat the command',
    });
  }
  return status.lastSwap !== lastSwap;
}
