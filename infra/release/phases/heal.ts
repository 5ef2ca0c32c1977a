import type { HistoryEntry, Outcome } from '../store/history.ts';
import type { Intent, ReleaseLock } from '../store/lock.ts';
import { describeFailure } from './attempt.ts';
import { resetPreparation, verifyProduction } from './go-live.ts';
import { declareLive, withdrawAtOnce } from './live-declaration.ts';
import { markRelease } from './mark-release.ts';
import type { Access, Session } from './session.ts';
import type { Steps } from './steps.ts';
import { hasSwapped } from './swap.ts';

/** What becomes of the entry that was left, and one line about it for people. */
interface Healed {
  readonly outcome: Outcome;
  readonly done: string;
}

interface HealContext extends Access, Pick<Session, 'tokens'> {
  readonly lock: ReleaseLock;
  readonly steps: Steps;
}

/** Reports what a killed command left, then finishes it when the swap was done and undoes it when it was not. */
export async function heal(context: HealContext): Promise<void> {
  const { lock, steps } = context;
  const left = lock.leftover;
  if (left === undefined) return;
  await steps.runAlways('heal', async (note) => {
    steps.notice(describe(left));
    const { outcome, done } = await finishOrUndo(context, left);
    lock.assertHeld();
    await declareRunning(context);
    const entry = { ...left.entry, outcome };
    await context.history.append(entry);
    await lock.write(undefined);
    await markRelease(context, entry, { at: new Date(left.entry.startedAt), changed: [] });
    note(done);
  });
}

/** One line about a leftover, for people. */
export function describe({ phase, entry }: Intent): string {
  return `found a ${entry.kind} of version ${entry.version} by ${entry.who}, begun ${entry.startedAt}, that stopped at "${phase}"`;
}

async function finishOrUndo(context: HealContext, left: Intent): Promise<Healed> {
  const { appService, target, steps } = context;
  const { from } = left.entry;
  if (left.phase === 'swapped') return (await swappedByHand(context, left)) ?? finish(context, left.entry);
  if (left.phase === 'swap' || left.phase === 'swap back') {
    steps.progress('waiting for the end of a swap');
    const swapped = await hasSwapped(appService, left.lastSwap, target);
    const byHand = await swappedByHand(context, left);
    if (byHand !== undefined) return byHand;
    const isLive = await runsIn(context, left.entry, left.phase === 'swap' ? swapped : !swapped);
    if (left.phase === 'swap' && isLive) return finish(context, left.entry);
    if (left.phase === 'swap back') {
      if (isLive) await swapAway(context);
      return { outcome: 'swapped-back', done: `production runs ${from ?? 'what it ran before'} again` };
    }
  }
  await resetPreparation({ appService, steps });
  return { outcome: 'abandoned', done: whatStays(left) };
}

/** The command may have ended production's workers, or not got as far as declaring what it put live. */
async function declareRunning(context: HealContext): Promise<void> {
  const version = (await context.production.version())?.version;
  const notice = version === undefined ? undefined : await declareLive(context, version);
  if (notice !== undefined) context.steps.notice(notice);
}

async function swapAway(context: HealContext): Promise<void> {
  await withdrawAtOnce(context);
  await context.appService.swap();
}

/** From `migrate` on the database may have been changed, which nothing undoes. */
function whatStays({ phase, entry: { version, from } }: Intent): string {
  if (phase === 'stage') return `production was not touched; ${version} was not released`;
  const running = from === undefined ? 'nothing is live' : `production still runs ${from}`;
  return `${running}; ${version} was not released, and migrations that it had carried out stay`;
}

/** Whether production runs the entry's version. Its own answer counts more than the site's record of swaps. */
async function runsIn({ production }: HealContext, { version, from }: HistoryEntry, bySite: boolean): Promise<boolean> {
  const running = (await production.version())?.version;
  if (version === from || (running !== version && running !== from)) return bySite;
  return running === version;
}

/**
 * What is done when somebody swapped by hand after the command: nothing, since another swap would undo it. That is seen
 * when production runs a version of neither side, or the old one although the command had come to the end of its swap.
 */
async function swappedByHand({ production }: HealContext, { phase, entry }: Intent): Promise<Healed | undefined> {
  const running = (await production.version())?.version;
  if (running === undefined || running === entry.version) return undefined;
  const isOld = running === entry.from;
  if (isOld && phase !== 'swapped') return undefined;
  return {
    outcome: isOld ? 'swapped-back' : 'abandoned',
    done: `somebody swapped ${entry.version} away meanwhile: production runs ${running}, which stays`,
  };
}

/** The swap was done: it stays when production is healthy, else it is undone. */
async function finish(context: HealContext, entry: HistoryEntry): Promise<Healed> {
  const { lock, appService } = context;
  try {
    await verifyProduction(context, entry.version);
    return { outcome: 'live', done: `the swap had been done: ${entry.version} is live and healthy` };
  } catch (error) {
    // A failed rollback is never swapped back: that would restore the version the user rolled back from.
    if (entry.kind === 'rollback' || entry.from === undefined) {
      const { code, found } = describeFailure(error);
      return { outcome: 'live', done: `${entry.version} is live and unhealthy: ${code} ${found}` };
    }
    const { lastSwap } = await appService.swapStatus();
    await lock.write({ phase: 'swap back', entry, lastSwap });
    await swapAway(context);
    return {
      outcome: 'swapped-back',
      done: `${entry.version} was live and unhealthy: production runs ${entry.from} again`,
    };
  }
}
