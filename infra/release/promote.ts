import { SlipError } from '../lib/errors.ts';
import { untilDefined } from '../lib/until.ts';
import { blobReachable } from './gates/blob-reachable.ts';
import { noSwapUnderWay } from './gates/no-swap-under-way.ts';
import { slotExists } from './gates/slot-exists.ts';
import { Attempt } from './phases/attempt.ts';
import { type GoLiveOptions, goLive, prove, settling } from './phases/go-live.ts';
import { recordingRefusals } from './phases/recording-refusals.ts';
import type { Session } from './phases/session.ts';
import { clearPreparation } from './phases/stage.ts';
import { Steps } from './phases/steps.ts';
import type { HistoryEntry } from './store/history.ts';
import { hasConfiguration, readConfiguration } from './store/slot-configuration.ts';
import type { ReleaseTarget } from './target/target.ts';
import { type SessionOptions, withSession } from './with-session.ts';

export interface PromoteRequest extends SessionOptions, GoLiveOptions {
  readonly target: ReleaseTarget;
}

/** Puts live what `release --to verify` left in staging; prepares and proves it again, since time has passed. */
export async function promote(request: PromoteRequest): Promise<HistoryEntry> {
  const { target } = request;
  const steps = new Steps(request.listener, request.signal);
  return withSession(target, request, steps, async (session) => {
    const { appService, production, tokens } = session;
    const attempt = await steps.run('preflight', async (note) => {
      await steps.pass([slotExists, noSwapUnderWay], { appService, site: target.site });
      await clearPreparation(session);
      const verified = await verifiedInStaging(session);
      if (session.before?.answers === true)
        await steps.pass([blobReachable], { production, releaseToken: tokens.release, ...settling(target) });
      note(`version ${verified.version}, verified ${verified.startedAt} by ${verified.who}`);
      return new Attempt(session, 'promote', verified);
    });
    return recordingRefusals(session, attempt, async () => {
      await prove(session, attempt, request);
      return goLive(session, attempt, request);
    });
  });
}

/** The version in staging, when it is one that was proven there and its configuration is what it was then. */
async function verifiedInStaging({ appService, staging, entries, target }: Session): Promise<HistoryEntry> {
  // The reset at the end of `release --to verify` has just restarted it, perhaps.
  const waiting = { limitMs: target.limits.settleMs, pollMs: target.management.pollMs };
  const running = await untilDefined(waiting, () => staging.version());
  const newest = entries.findLast(
    ({ version, kind, outcome }) => version === running?.version && kind !== 'migrate' && outcome !== 'refused',
  );
  if (newest?.outcome !== 'verified') {
    throw new SlipError('SLIP-RELEASE-NOTHING-VERIFIED', {
      found:
        running === undefined
          ? 'staging does not answer with a version'
          : `staging holds ${running.version}, which is not waiting to be promoted`,
      expected: 'a version that `release --to verify` proved and left in staging',
      fix: './slipway release --to verify, then ./slipway promote',
    });
  }
  if (hasConfiguration(await readConfiguration(appService, 'staging'), newest)) return newest;
  throw new SlipError('SLIP-RELEASE-STAGING-CHANGED', {
    found: `the settings, site containers, mounts or the stack of staging are not those that version ${newest.version} was verified with`,
    expected: 'staging as it was left',
    fix: 'release again; what you promote has to be what was proven',
  });
}
