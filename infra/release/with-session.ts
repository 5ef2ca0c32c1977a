import { heal } from './phases/heal.ts';
import { ProductionProbe } from './phases/production-probe.ts';
import { accessTo, findProductionState, type Session } from './phases/session.ts';
import type { Listener, Steps } from './phases/steps.ts';
import { damagedLock, lockName, ReleaseLock } from './store/lock.ts';
import { currentOwner, describeOwner } from './store/owner.ts';
import { PackageStore } from './store/package-store.ts';
import { Seal } from './store/seal.ts';
import type { ReleaseTarget } from './target/target.ts';

export interface SessionOptions {
  /** As typed, for the lock and the history. */
  readonly command: string;
  readonly listener: Listener;
  /** Aborted by Ctrl-C: the work ends before the swap, or runs to its end after it. */
  readonly signal?: AbortSignal;
}

/** Takes the lock, heals what an earlier command left half done, runs the action, gives the lock back. */
export async function withSession<T>(
  target: ReleaseTarget,
  options: SessionOptions,
  steps: Steps,
  action: (session: Session) => Promise<T>,
): Promise<T> {
  const startedAt = new Date();
  const owner = currentOwner(options.command, process.env, startedAt);
  const tokens = await target.tokens();
  const seal = new Seal(tokens.seal, target.stack);
  const lock = await ReleaseLock.acquire(target.releases, lockName(target.stack), owner, seal);
  const access = accessTo(target, seal, () => lock.assertHeld());
  let probe: ProductionProbe | undefined;
  try {
    if (lock.previousOwner !== undefined) {
      steps.notice(`took over the lock that ${describeOwner(lock.previousOwner)} left behind`);
    }
    if (lock.wasDamaged) steps.notice(damagedLock().toText());
    await heal({ ...access, lock, steps, tokens });
    const entries = await access.history.read();
    if (access.history.foreignLines > 0) steps.notice(foreignHistory(access.history.foreignLines));
    const before = await findProductionState(access, entries);
    if (before?.answers === true) probe = ProductionProbe.start(access.production, before.entry?.provides?.images);
    else if (before !== undefined)
      steps.notice(`production does not answer; according to history it runs ${before.version}`);
    const packages = new PackageStore(target.releases);
    return await action({
      ...access,
      owner,
      packages,
      lock,
      steps,
      tokens,
      entries,
      before,
      probe,
      startedAt,
    });
  } finally {
    await probe?.stop();
    const lost = probe?.describeLost();
    if (lost !== undefined) steps.notice(lost);
    await lock.release();
  }
}

function foreignHistory(lines: number): string {
  return `${lines} lines of history were not written with the key of this stack and count for nothing: look into who can write to the releases container`;
}
