import { messageOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import type { HistoryEntry } from '../store/history.ts';
import type { Attempt } from './attempt.ts';
import { declare, verifyProduction } from './go-live.ts';
import type { Session } from './session.ts';
import { swap } from './swap.ts';

/** A failed rollback is not swapped back: that would restore the version the user rolled back from. */
export async function swapAndStay(session: Session, attempt: Attempt): Promise<HistoryEntry> {
  const { steps, probe, startedAt } = session;
  await steps.run('swap', async (note) => {
    await swap(session, attempt, 'swap');
    const switchedAt = probe?.switchedAt;
    if (switchedAt !== undefined) {
      const seconds = (performance.timeOrigin + switchedAt - startedAt.getTime()) / 1000;
      note(`switched ${seconds.toFixed(1)} s after the command`);
    }
  });
  try {
    await steps.runAlways('verify production', async () => {
      await attempt.enter('swapped');
      await verifyProduction(session, attempt.candidate.version);
      await declare(session, attempt.candidate.version);
    });
  } catch (error) {
    await declare(session, attempt.candidate.version);
    await attempt.record('live', error);
    throw unhealthy(attempt.candidate.version, error);
  }
  return steps.runAlways('record', () => attempt.record('live'));
}

function unhealthy(version: string, cause: unknown): SlipError {
  return new SlipError('SLIP-RELEASE-ROLLBACK-UNHEALTHY', {
    found: `version ${version} is live again and unhealthy: ${messageOf(cause)}`,
    expected: 'a healthy production',
    fix: './slipway status; was it the version, or is something it needs unavailable? ./slipway rollback --to VERSION takes another',
    cause,
  });
}
