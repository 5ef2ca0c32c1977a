import { untilDefined } from '../../lib/until.ts';
import { AppService } from '../appservice/app-service.ts';
import { WebSlot } from '../appservice/web-slot.ts';
import { heal } from '../heal.ts';
import { History, type HistoryEntry, lastLive } from '../store/history.ts';
import { type Live, liveOf } from '../store/live.ts';
import { damagedLock, lockName, ReleaseLock } from '../store/lock.ts';
import { currentOwner, describeOwner, type Owner } from '../store/owner.ts';
import { PackageStore } from '../store/package-store.ts';
import { readConfiguration } from '../store/slot-configuration.ts';
import type { ReleaseTarget, ReleaseTokens } from '../target/target.ts';
import { ProductionProbe } from './production-probe.ts';
import type { Listener, Steps } from './steps.ts';

export interface SessionOptions {
  /** As typed, for the lock and the history. */
  readonly command: string;
  readonly listener: Listener;
  /** Aborted by Ctrl-C: the work ends before the swap, or runs to its end after it. */
  readonly signal?: AbortSignal;
}

/** Everything a command that changes the slots works with; it holds the lock. */
export interface Session {
  readonly target: ReleaseTarget;
  readonly owner: Owner;
  readonly appService: AppService;
  readonly production: WebSlot;
  readonly staging: WebSlot;
  readonly history: History;
  readonly packages: PackageStore;
  readonly lock: ReleaseLock;
  readonly steps: Steps;
  readonly tokens: ReleaseTokens;
  /** History as it was when the session began, what was healed included. */
  readonly entries: readonly HistoryEntry[];
  /** What production runs; undefined on an empty region. */
  readonly before: Live | undefined;
  /** None while production does not answer: nobody's request can be lost. */
  readonly probe: ProductionProbe | undefined;
  readonly startedAt: Date;
}

/** What a session has before it holds the lock. */
export interface Access {
  readonly target: ReleaseTarget;
  readonly appService: AppService;
  readonly production: WebSlot;
  readonly staging: WebSlot;
  readonly history: History;
}

export function accessTo(target: ReleaseTarget): Access {
  return {
    target,
    appService: new AppService(target.site, target.management),
    production: new WebSlot(target.urls.production),
    staging: new WebSlot(target.urls.staging),
    history: new History(target.releases, target.stack),
  };
}

interface Finding extends Pick<Access, 'appService'> {
  readonly production: Pick<WebSlot, 'version'>;
  readonly target: {
    readonly limits: Pick<ReleaseTarget['limits'], 'answerMs'>;
    readonly management: Pick<ReleaseTarget['management'], 'pollMs'>;
  };
}

/** Takes the lock, heals what an earlier command left half done, runs the action, gives the lock back. */
export async function withSession<T>(
  target: ReleaseTarget,
  options: SessionOptions,
  steps: Steps,
  action: (session: Session) => Promise<T>,
): Promise<T> {
  const startedAt = new Date();
  const access = accessTo(target);
  const owner = currentOwner(options.command, process.env, startedAt);
  const lock = await ReleaseLock.acquire(target.releases, lockName(target.stack), owner);
  let probe: ProductionProbe | undefined;
  try {
    if (lock.previousOwner !== undefined) {
      steps.notice(`took over the lock that ${describeOwner(lock.previousOwner)} left behind`);
    }
    if (lock.wasDamaged) steps.notice(damagedLock().toText());
    const tokens = await target.tokens();
    await heal({ ...access, lock, steps });
    const entries = await access.history.read();
    const before = await findLive(access, entries);
    if (before?.answers === true) probe = ProductionProbe.start(access.production);
    else if (before !== undefined) steps.notice(`production does not answer; by history it is ${before.version}`);
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

/** A production that does not answer for a moment is not down: a release would go on without a drain and a watch. */
export async function findLive(
  { production, appService, target }: Finding,
  entries: readonly HistoryEntry[],
): Promise<Live | undefined> {
  const limitMs = lastLive(entries) === undefined ? 0 : target.limits.answerMs;
  const running = await untilDefined({ limitMs, pollMs: target.management.pollMs }, () => production.version());
  const configuration = running === undefined ? undefined : await readConfiguration(appService, 'production');
  return liveOf(entries, running, configuration);
}
