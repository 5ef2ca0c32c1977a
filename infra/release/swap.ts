import { SlipError } from '../errors.ts';
import type { AppService } from './app-service.ts';
import type { Attempt } from './attempt.ts';
import type { Phase } from './lock.ts';
import type { Session } from './session.ts';
import { untilDefined } from './until.ts';

/** Azure ends a swap by itself, one way or the other, well within this. */
const swapEndsMs = 15 * 60_000;

/**
 * Swaps, with the intent recorded before. Returns when routing has moved and the operation has ended: the site's time of it,
 * by which one that comes after is told; undefined when the site cannot say.
 */
export async function swap(session: Session, attempt: Attempt, phase: Phase): Promise<string | undefined> {
  const { lastSwap } = await session.appService.swapStatus();
  await attempt.enter(phase, lastSwap);
  try {
    await session.appService.swap();
  } catch (error) {
    // The answer may have been lost on its way: the site itself knows whether it was swapped.
    if (!(await hasSwapped(session.appService, lastSwap, session.target.management.pollMs))) {
      attempt.notSwapped();
      throw error;
    }
  }
  return session.appService.swapStatus().then(
    (now) => now.lastSwap,
    () => undefined,
  );
}

/** Waits until no swap is under way, then tells whether one has ended since `lastSwap`. */
export async function hasSwapped(
  appService: AppService,
  lastSwap: string | undefined,
  pollMs: number,
): Promise<boolean> {
  const status = await untilDefined({ limitMs: swapEndsMs, pollMs }, async () => {
    const now = await appService.swapStatus();
    return now.inProgress ? undefined : now;
  });
  if (status === undefined) {
    throw new SlipError('SLIP-RELEASE-SWAP-HANGS', {
      found: `a swap has been under way for more than ${swapEndsMs / 60_000} minutes`,
      expected: 'it to end by itself',
      fix: 'see the site’s activity log; when it has ended, repeat the command',
    });
  }
  return status.lastSwap !== lastSwap;
}
