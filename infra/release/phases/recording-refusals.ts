import type { SlipCode } from '../../lib/codes.ts';
import { SlipError } from '../../lib/errors.ts';
import type { HistoryEntry } from '../store/history.ts';
import type { Attempt } from './attempt.ts';
import { resetPreparation } from './go-live.ts';
import { declareLive } from './live-declaration.ts';
import type { Session } from './session.ts';

const recordedCodes: ReadonlySet<SlipCode> = new Set([
  'SLIP-RELEASE-SWAPPED-BACK',
  'SLIP-RELEASE-FIRST-UNHEALTHY',
  'SLIP-RELEASE-ROLLBACK-UNHEALTHY',
  'SLIP-RELEASE-LOCK-LOST',
]);

/** What fails before the swap leaves production as it is: the preparation is undone, history says why. */
export async function recordingRefusals(
  session: Session,
  attempt: Attempt,
  action: () => Promise<HistoryEntry>,
): Promise<HistoryEntry> {
  let entry: HistoryEntry | undefined;
  try {
    entry = await action();
    return entry;
  } catch (error) {
    if (isRecorded(error)) throw error;
    if (attempt.mayHaveSwapped) {
      session.steps.notice('how the swap ended is not known: the next command finds out, and finishes or undoes it');
      throw error;
    }
    await resetPreparation(session).catch((cause: unknown) => {
      session.steps.notice(`the preparation could not be reset, the next command will: ${String(cause)}`);
    });
    await declareAgain(session, attempt);
    await attempt.record('refused', error);
    throw error;
  }
}

/** Workers that were ended for a swap that is not done go on. */
async function declareAgain(session: Session, attempt: Attempt): Promise<void> {
  if (!attempt.hasWithdrawn || session.before === undefined) return;
  const notice = await declareLive(session, session.before.version);
  if (notice !== undefined) session.steps.notice(notice);
}

/** What happened after the swap is in history already; a lost lock is not ours to write under. */
function isRecorded(error: unknown): boolean {
  return error instanceof SlipError && recordedCodes.has(error.code);
}
