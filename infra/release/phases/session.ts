import type { Clock } from '../../lib/clock.ts';
import { untilDefined } from '../../lib/until.ts';
import { AppService } from '../appservice/app-service.ts';
import { WebSlot } from '../appservice/web-slot.ts';
import { History, type HistoryEntry, lastLive } from '../store/history.ts';
import type { ReleaseLock } from '../store/lock.ts';
import type { Owner } from '../store/owner.ts';
import type { PackageStore } from '../store/package-store.ts';
import { type ProductionState, productionStateOf } from '../store/production-state.ts';
import type { Seal } from '../store/seal.ts';
import { readConfiguration } from '../store/slot-configuration.ts';
import type { ReleaseTarget, ReleaseTokens } from '../target/target.ts';
import type { ProductionProbe } from './production-probe.ts';
import type { Steps } from './steps.ts';

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
  readonly before: ProductionState | undefined;
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

/** Commands that only look have no seal when they may not read secrets, and no `beforeChange`, which runs before every request that changes the site. */
export function accessTo(target: ReleaseTarget, seal: Seal | undefined, beforeChange?: () => void): Access {
  return {
    target,
    appService: new AppService(target.site, target.management, beforeChange),
    production: new WebSlot(target.urls.production),
    staging: new WebSlot(target.urls.staging),
    history: new History(target.releases, target.stack, seal),
  };
}

interface Finding extends Pick<Access, 'appService'> {
  readonly production: Pick<WebSlot, 'version'>;
  readonly target: {
    readonly limits: Pick<ReleaseTarget['limits'], 'answerMs'>;
    readonly management: Pick<ReleaseTarget['management'], 'pollMs'>;
  };
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** A production that does not answer for a moment is not down: a release would go on without a drain and a watch. */
export async function findProductionState(
  { production, appService, target, clock }: Finding,
  entries: readonly HistoryEntry[],
): Promise<ProductionState | undefined> {
  const limitMs = lastLive(entries) === undefined ? 0 : target.limits.answerMs;
  const waiting = { limitMs, pollMs: target.management.pollMs, ...(clock === undefined ? {} : { clock }) };
  const running = await untilDefined(waiting, () => production.version());
  const configuration = running === undefined ? undefined : await readConfiguration(appService, 'production');
  return productionStateOf(entries, running, configuration);
}
