import type { HistoryEntry, Outcome } from '../store/history.ts';
import type { Intent, ReleaseLock } from '../store/lock.ts';
import { describeFailure } from './attempt.ts';
import { resetPreparation, verifyProduction } from './go-live.ts';
import type { Access } from './session.ts';
import type { Steps } from './steps.ts';
import { hasSwapped } from './swap.ts';

interface Healing extends Access {
  readonly lock: ReleaseLock;
  readonly steps: Steps;
}

/** What a command that was killed has left: said, then finished when the swap was done, undone when it was not. */
export async function heal(healing: Healing): Promise<void> {
  const { lock, steps } = healing;
  const left = lock.leftover;
  if (left === undefined) return;
  await steps.runAlways('heal', async (note) => {
    steps.notice(describe(left));
    const { outcome, done } = await finishOrUndo(healing, left);
    await healing.history.append({ ...left.entry, outcome });
    await lock.write(undefined);
    note(done);
  });
}

/** For commands that only look: what the next one that changes something will find. */
export function describe({ phase, entry }: Intent): string {
  return `found a ${entry.kind} of version ${entry.version} by ${entry.who}, begun ${entry.startedAt}, that stopped at "${phase}"`;
}

async function finishOrUndo(healing: Healing, left: Intent): Promise<{ outcome: Outcome; done: string }> {
  const { appService, target, steps } = healing;
  const { version, from } = left.entry;
  if (left.phase === 'swapped') return finish(healing, left.entry);
  if (left.phase === 'swap' || left.phase === 'swap back') {
    steps.progress('waiting for the end of a swap');
    const swapped = await hasSwapped(appService, left.lastSwap, target);
    const isLive = await runsIn(healing, left.entry, left.phase === 'swap' ? swapped : !swapped);
    if (left.phase === 'swap' && isLive) return finish(healing, left.entry);
    if (left.phase === 'swap back') {
      if (isLive) await appService.swap();
      return { outcome: 'swapped-back', done: `production runs ${from ?? 'what it ran before'} again` };
    }
  }
  await resetPreparation({ appService, steps });
  return { outcome: 'abandoned', done: `production was not touched; ${version} was not released` };
}

/** Whether production runs the entry's version. What it answers itself counts more than what the site says of its swaps. */
async function runsIn({ production }: Healing, { version, from }: HistoryEntry, bySite: boolean): Promise<boolean> {
  const running = (await production.version())?.version;
  if (version === from || (running !== version && running !== from)) return bySite;
  return running === version;
}

/** The swap was done: it stays when production is well, else it is undone. */
async function finish(healing: Healing, entry: HistoryEntry): Promise<{ outcome: Outcome; done: string }> {
  const { lock, appService } = healing;
  try {
    await verifyProduction(healing, entry.version);
    return { outcome: 'live', done: `the swap had been done: ${entry.version} is live and well` };
  } catch (error) {
    // Going back never returns to what was fled from, however unwell this is.
    if (entry.kind === 'rollback' || entry.from === undefined) {
      const { code, found } = describeFailure(error);
      return { outcome: 'live', done: `${entry.version} is live and not well: ${code} ${found}` };
    }
    const { lastSwap } = await appService.swapStatus();
    await lock.write({ phase: 'swap back', entry, lastSwap });
    await appService.swap();
    return {
      outcome: 'swapped-back',
      done: `${entry.version} was live and not well: production runs ${entry.from} again`,
    };
  }
}
