import { join } from 'node:path';
import { AppSecrets } from '../../lib/app-secrets.ts';
import { SlipError } from '../../lib/errors.ts';
import { untilDefined } from '../../lib/until.ts';
import { regionStatus } from '../../local/region-client.ts';
import { statePaths } from '../../local/state/paths.ts';
import { readApplication } from '../../release/app/application.ts';
import { generateSecrets } from '../../release/app/init/generated-secrets.ts';
import { ReleaseJournal } from '../../release/journal.ts';
import { release } from '../../release/release.ts';
import { History, lastLive } from '../../release/store/history.ts';
import { sealOf } from '../../release/store/seal.ts';
import type { ReleaseTarget } from '../../release/target/target.ts';
import type { CommonOptions } from '../command.ts';
import type { Output } from '../output.ts';
import { releaseTarget } from '../release-target.ts';
import { ReleaseView } from '../views/release-view.ts';
import { ensureDeclared } from './ensure-declared.ts';

const root = join(import.meta.dirname, '../../..');
/** Another command may be making the first release; a slot starts in a second or two. */
const otherRelease = { limitMs: 120_000, pollMs: 200 };
const answering = { limitMs: 30_000, pollMs: 50 };
/** Nobody waits for a first version, and set-up may still keep the machine busy. */
const FIRST_P95_MS = 10_000;
const ASK_WITHIN_MS = 5_000;

/**
 * Releases the application in a directory as it is when nothing was ever released to this region. Resolves with the live version when
 * production answers.
 */
export async function ensureFirstRelease(
  directory: string,
  options: CommonOptions,
  output: Output,
  signal: AbortSignal,
): Promise<string> {
  const target = await releaseTarget(options);
  const version = (await liveVersion(target)) ?? (await firstRelease(directory, target, options, output, signal));
  const seen = await untilDefined(answering, async () => {
    if (await answers(`${target.urls.production}/_slipway/live`)) return 'answers';
    return (await isSwappedAway(options.state, version)) ? 'swapped away' : undefined;
  });
  if (seen === 'answers') {
    const view = new ReleaseView(output);
    await ensureDeclared(target, view.listener).finally(() => view.end());
    return version;
  }
  if (seen === 'swapped away') {
    throw new SlipError('SLIP-LOCAL-PRODUCTION-EMPTY', {
      found: `production is empty; ${version}, which history calls live, is in staging`,
      expected: `${version} in production: the slots were swapped by something else than slipway`,
      fix: './slipway rollback swaps it back',
    });
  }
  throw new SlipError('SLIP-LOCAL-UNHEALTHY', {
    found: `production runs ${version} and does not answer after ${answering.limitMs / 1000} s`,
    expected: 'status 200 from /_slipway/live',
    fix: './slipway status and ./slipway logs say why; ./slipway rollback returns to the version before',
  });
}

async function firstRelease(
  directory: string,
  target: ReleaseTarget,
  options: CommonOptions,
  output: Output,
  signal: AbortSignal,
): Promise<string> {
  // As init does it: a clone of somebody else's project has none yet.
  generateSecrets(await readApplication(directory), new AppSecrets(options.state));
  const view = new ReleaseView(output);
  const journal = new ReleaseJournal(statePaths(options.state).releaseJournal, 'start');
  try {
    const entry = await release({
      target,
      origin: {
        kind: 'source',
        directory,
        cacheDir: join(root, '.setup/packages'),
        outDir: join(options.state, 'packages'),
        allowDirty: true,
      },
      to: 'live',
      p95BudgetMs: FIRST_P95_MS,
      // There is no version before it that production could be compared with.
      watch: { seconds: 0, errorShare: 0, p95Ms: 0 },
      command: 'start',
      listener: journal.tee(view.listener),
      signal,
    });
    journal.end(entry);
    return entry.version;
  } catch (error) {
    journal.fail(error);
    if (!(error instanceof SlipError) || error.code !== 'SLIP-RELEASE-LOCKED') throw error;
    output.progress('another command is making the first release: waiting for it');
    const version = await untilDefined(otherRelease, () => liveVersion(target));
    if (version === undefined) throw error;
    return version;
  } finally {
    view.end();
  }
}

async function liveVersion(target: ReleaseTarget): Promise<string | undefined> {
  return lastLive(await new History(target.releases, target.stack, await sealOf(target)).read())?.version;
}

/** Whether a swap by another tool has put the live version into staging and an empty slot into production. */
async function isSwappedAway(stateDir: string, version: string): Promise<boolean> {
  const status = await regionStatus({ stateDir });
  return status?.slots.production.deployed === false && status.slots.staging.version === version;
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_WITHIN_MS) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}
