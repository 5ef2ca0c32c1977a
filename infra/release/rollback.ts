import { withCredentialsOf } from '../lib/credentials.ts';
import { messageOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import { noSwapUnderWay } from './gates/no-swap-under-way.ts';
import { slotExists } from './gates/slot-exists.ts';
import { Attempt } from './phases/attempt.ts';
import { ensureDatabaseLogin } from './phases/database-login.ts';
import { drainBriefly } from './phases/drain.ts';
import { expectVersion } from './phases/expect-version.ts';
import { type GoLiveOptions, prove } from './phases/go-live.ts';
import { withdrawBriefly } from './phases/live-declaration.ts';
import { recordingRefusals } from './phases/recording-refusals.ts';
import type { Session } from './phases/session.ts';
import { clearPreparation, stage } from './phases/stage.ts';
import { Steps } from './phases/steps.ts';
import { swapAndStay } from './phases/swap-and-stay.ts';
import { warm } from './phases/warm.ts';
import type { HistoryEntry } from './store/history.ts';
import { entryNamed, entryToReturnTo, misplacedEntry, wayTo } from './store/rollback-target.ts';
import { readConfiguration } from './store/slot-configuration.ts';
import type { ReleaseTarget } from './target/target.ts';
import { type SessionOptions, withSession } from './with-session.ts';

export interface RollbackRequest extends SessionOptions, Pick<GoLiveOptions, 'p95BudgetMs'> {
  readonly target: ReleaseTarget;
  /** A version or the beginning of an entry's id; default: what the live one replaced. */
  readonly to: string | undefined;
}

/** Back to an earlier version with its settings: by a swap while staging still holds it, else from its stored package. */
export async function rollback(request: RollbackRequest): Promise<HistoryEntry> {
  const { target } = request;
  const steps = new Steps(request.listener, request.signal);
  return withSession(target, request, steps, async (session) => {
    const [entry, way] = await steps.run('preflight', async (note) => {
      const { entries, before, appService, staging } = session;
      const found = request.to === undefined ? await defaultTarget(session) : entryNamed(entries, before, request.to);
      requireRuntime(found);
      await steps.pass([slotExists, noSwapUnderWay], { appService, site: target.site });
      await clearPreparation(session);
      steps.progress('asking staging what it holds; after a swap it restarts');
      const restarting = { limitMs: target.limits.returnMs, pollMs: target.management.pollMs };
      const chosen = await wayTo(found, staging, appService, session.tokens.release, restarting);
      note(`${found.version} ${chosen === 'swap' ? 'is still in staging' : 'comes from its stored package'}`);
      return [found, chosen] as const;
    });
    const settings =
      way === 'swap'
        ? entry.settings
        : withCredentialsOf(await session.appService.settings('production'), entry.settings);
    const attempt = new Attempt(session, 'rollback', { ...entry, settings, restored: entry.id });
    return recordingRefusals(session, attempt, () =>
      way === 'swap' ? bySwap(session, attempt) : byPackage(session, attempt, request),
    );
  });
}

/** History of before names packages that hold no runtime of their own: no site starts them any more. */
function requireRuntime({ version, provides }: HistoryEntry): void {
  if (provides !== undefined) return;
  throw new SlipError('SLIP-RELEASE-PACKAGE-OLD', {
    found: `version ${version} was released by an older slipway: its package has no slipway/ of its own`,
    expected: 'a version that was released since',
    fix: 'release that commit again from its source (--source DIR); an old local region: npm run reset',
  });
}

/** What the live version replaced; or the live version itself, when somebody swapped it away by hand. */
async function defaultTarget({ entries, before, staging, appService, steps }: Session): Promise<HistoryEntry> {
  if (before?.answers === false) {
    const [running, staged] = await Promise.all([staging.version(), readConfiguration(appService, 'staging')]);
    const misplaced = misplacedEntry(before, running, staged);
    if (misplaced !== undefined) {
      steps.notice(`${misplaced.version}, which history calls live, stands in staging: the slots were swapped by hand`);
      return misplaced;
    }
  }
  return entryToReturnTo(entries, before);
}

async function bySwap(session: Session, attempt: Attempt): Promise<HistoryEntry> {
  const { steps, appService, staging, target, tokens } = session;
  await steps.run('prepare', async () => {
    await attempt.enter('prepare');
    // No time to be steady: the swap itself waits for every instance.
    const waiting = { limitMs: target.limits.startMs, pollMs: target.management.pollMs };
    const drained = session.before?.answers ? endBriefly(session, attempt) : undefined;
    await appService.prepare();
    await expectVersion(staging, { version: attempt.candidate.version, slot: 'production' }, waiting);
    await ensureDatabaseLogin(session, attempt.candidate).catch((error) => steps.notice(messageOf(error)));
    await warm(staging, tokens.release, 1);
    for (const pending of (await drained) ?? []) steps.notice(pending);
  });
  return swapAndStay(session, attempt);
}

async function byPackage(session: Session, attempt: Attempt, request: RollbackRequest): Promise<HistoryEntry> {
  const { steps } = session;
  await steps.run('stage', async () => {
    await attempt.enter('stage');
    await session.packages.use(attempt.candidate, (file) => stage(session, attempt, file));
    await ensureDatabaseLogin(session, attempt.candidate);
  });
  await prove(session, attempt, request);
  for (const pending of await steps.run('drain', () => endBriefly(session, attempt))) steps.notice(pending);
  return swapAndStay(session, attempt);
}

/** Ends workers, then drains, without waiting long for either: what is left, one sentence each. */
async function endBriefly(session: Session, attempt: Attempt): Promise<string[]> {
  const left = [await withdrawBriefly(session, attempt), await drainBriefly(session)];
  return left.filter((sentence) => sentence !== undefined);
}
