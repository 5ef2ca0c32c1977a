import { SlipError } from '../../lib/errors.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import { agentCache } from '../gates/agent-cache.ts';
import { answers, plainPaths } from '../gates/answers.ts';
import { cacheRoundTrip } from '../gates/cache-round-trip.ts';
import { deepHealth } from '../gates/deep-health.ts';
import { imageThroughBlob } from '../gates/image-through-blob.ts';
import { latency } from '../gates/latency.ts';
import { listedImage } from '../gates/listed-image.ts';
import { schemaInRange } from '../gates/schema-in-range.ts';
import { sidecarPresent } from '../gates/sidecar-present.ts';
import type { HistoryEntry } from '../store/history.ts';
import type { ReleaseTarget } from '../target/target.ts';
import { type Attempt, type Candidate, describeFailure } from './attempt.ts';
import { drain } from './drain.ts';
import { expectStart } from './expect-start.ts';
import { expectVersion } from './expect-version.ts';
import { declareLive, withdrawAtOnce, withdrawLive } from './live-declaration.ts';
import type { Session } from './session.ts';
import { swap } from './swap.ts';
import { warm } from './warm.ts';
import type { WatchBudget } from './watch.ts';
import { watch } from './watch.ts';

const VERSION_PATH = '/_slipway/version';
const HEALTH_PATH = '/_slipway/health';

export interface GoLiveOptions {
  readonly p95BudgetMs: number;
  /** None: do not watch. */
  readonly watch: WatchBudget | undefined;
}

interface Verifying {
  readonly limits: Pick<ReleaseTarget['limits'], 'liveMs'>;
  readonly management: Pick<ReleaseTarget['management'], 'pollMs'>;
}

/** prepare → verify: the version in staging runs with production's sticky settings and is checked. */
export async function prove(
  session: Session,
  attempt: Attempt,
  { p95BudgetMs }: Pick<GoLiveOptions, 'p95BudgetMs'>,
): Promise<void> {
  const { steps, appService, staging } = session;
  const { version } = attempt.candidate;
  await steps.run('prepare', async () => {
    await attempt.enter('prepare');
    await appService.prepare();
    await expectStart(session, { version, slot: 'production' });
  });
  await steps.run('verify', async () => {
    await attempt.enter('verify');
    await verify(session, staging, attempt.candidate, p95BudgetMs);
    await warm(staging, session.tokens.release);
  });
}

/** drain → swap → verify production → watch → record. When production is worse afterwards it swaps back, records and throws. */
export async function goLive(session: Session, attempt: Attempt, options: GoLiveOptions): Promise<HistoryEntry> {
  const { steps, production } = session;
  if (session.before === undefined)
    steps.notice('production has no version: nothing to drain, to compare with or to go back to');
  else if (session.before.answers) await steps.run('drain', (note) => endWorkersAndDrain(session, attempt, note));
  else steps.notice('production does not answer: nothing to compare with, and its sidecar drains it in staging');
  const swappedAt = await steps.run('swap', () => swap(session, attempt, 'swap'));
  try {
    await steps.runAlways('verify production', async () => {
      await attempt.enter('swapped');
      await verifyProduction(session, attempt.candidate.version);
      await declare(session, attempt.candidate.version);
    });
    const budget = options.watch;
    // A version that did not answer before the swap is nothing to compare with, nor to go back to.
    if (session.before?.answers && budget !== undefined && budget.seconds > 0) {
      await steps.runAlways('watch', async (note) => {
        const seen = await watch(production, session.staging, budget, {
          oldBackWithinMs: session.target.limits.settleMs,
          paths: [...plainPaths(attempt.candidate.smoke), HEALTH_PATH],
          beat: () => session.lock.assertHeld(),
          onProgress: (text) => steps.progress(text),
        });
        note(`${seen.errors} of ${seen.sent} requests failed, p95 ${Math.round(seen.p95Ms)} ms`);
      });
    }
  } catch (error) {
    throw await swapBack(session, attempt, error, swappedAt);
  }
  return steps.runAlways('record', () => attempt.record('live'));
}

/** How long a gate may ask again before it refuses. */
export function settling({ limits, management }: ReleaseTarget): {
  readonly settleMs: number;
  readonly pollMs: number;
} {
  return { settleMs: limits.settleMs, pollMs: management.pollMs };
}

/** Undoes a preparation after a refusal; production was never touched. */
export async function resetPreparation({ appService, steps }: Pick<Session, 'appService' | 'steps'>): Promise<void> {
  const slot = await appService.slot();
  if (slot?.preparedFor === undefined) return;
  steps.progress('resetting the preparation');
  await appService.reset();
}

/** A swap restarts nothing in production, and visitors of an unhealthy one wait for the swap back: so the limit is short. */
export async function verifyProduction(
  { production, target }: { readonly production: WebSlot; readonly target: Verifying },
  version: string,
): Promise<void> {
  const { liveMs } = target.limits;
  const { pollMs } = target.management;
  await expectVersion(production, { version, slot: 'production' }, { limitMs: liveMs, pollMs });
  await deepHealth.check({ slot: production, settleMs: liveMs, pollMs });
}

/** Workers first: they may still write media. */
async function endWorkersAndDrain(session: Session, attempt: Attempt, note: (text: string) => void): Promise<void> {
  await attempt.enter('drain');
  await withdrawLive(session, attempt, {
    onProgress: (text) => session.steps.progress(text),
    beat: () => session.steps.assertNotInterrupted(),
  });
  await drain(session, note);
}

/** Says it when the workers of what is live do not run. */
export async function declare(session: Session, version: string): Promise<void> {
  const notice = await declareLive(session, version);
  if (notice !== undefined) session.steps.notice(notice);
}

async function verify(
  { steps, target, tokens }: Session,
  slot: WebSlot,
  candidate: Candidate,
  p95BudgetMs: number,
): Promise<void> {
  const { smoke, provides } = candidate;
  await steps.pass([answers], { slot, smoke });
  await steps.pass([schemaInRange], { slot });
  await steps.pass([deepHealth], { slot, ...settling(target) });
  await steps.pass([sidecarPresent], { slot, wanted: candidate, ...settling(target) });
  if (provides.cache === undefined) await steps.pass([agentCache], { slot, releaseToken: tokens.release });
  else await steps.pass([cacheRoundTrip], { slot, cacheToken: tokens.cacheApi });
  if (provides.probe !== undefined) await steps.pass([imageThroughBlob], { slot, releaseToken: tokens.release });
  if (provides.images !== undefined) await steps.pass([listedImage], { slot, ...settling(target) });
  await steps.pass([latency], { slot, path: plainPaths(smoke)[0] ?? VERSION_PATH, p95BudgetMs });
}

async function swapBack(
  session: Session,
  attempt: Attempt,
  reason: unknown,
  swappedAt: string | undefined,
): Promise<SlipError> {
  const { before, steps, staging } = session;
  const { code, found } = describeFailure(reason);
  if (before === undefined) {
    await declare(session, attempt.candidate.version);
    await attempt.record('live', reason);
    return new SlipError('SLIP-RELEASE-FIRST-UNHEALTHY', {
      found: `the first version is live and unhealthy: ${code} ${found}`,
      expected: 'a healthy production; there is no version before it to go back to',
      fix: 'fix it and release again',
      cause: reason,
    });
  }
  await steps.runAlways('swap back', async () => {
    // The decision is recorded before the platform is asked anything: when it does not answer, the next command swaps back.
    if (swappedAt !== undefined) await attempt.enter('swap back', swappedAt);
    await withdrawAtOnce(session);
    await swap(session, attempt, 'swap back');
    await declare(session, before.version);
  });
  const health = await session.production.version();
  await attempt.record('swapped-back', reason);
  const pending = await pendingImages(staging, session.tokens.release);
  return new SlipError('SLIP-RELEASE-SWAPPED-BACK', {
    found: `version ${attempt.candidate.version} was live and was swapped back: ${code} ${found}${pending}`,
    expected: `a healthy production; it runs ${health?.version ?? before.version} again`,
    fix: 'see the logs of the version that was tried: it is in the staging slot',
    cause: reason,
  });
}

async function pendingImages(slot: WebSlot, token: string): Promise<string> {
  const drained = await slot.ask('/_slipway/release/drain?timeout=0', { method: 'POST', token });
  return drained.status === 504 ? '; images are still on their way to Blob from staging, none is lost' : '';
}
