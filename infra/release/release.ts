import { messageOf } from '../lib/error-message.ts';
import type { WantedConfiguration } from '../lib/wanted.ts';
import { fallbacks } from './app/fallbacks.ts';
import { mergedSettings } from './app/merged-settings.ts';
import { mountsFor } from './app/shared-media.ts';
import { blobReachable } from './gates/blob-reachable.ts';
import { noSwapUnderWay } from './gates/no-swap-under-way.ts';
import { phpSyntax } from './gates/php-syntax.ts';
import { secretsSet } from './gates/secrets-set.ts';
import { slotExists } from './gates/slot-exists.ts';
import { startupFiles } from './gates/startup-files.ts';
import { stickySettings } from './gates/sticky-settings.ts';
import { uncommittedChanges } from './gates/uncommitted-changes.ts';
import { warmUpSettings } from './gates/warm-up-settings.ts';
import { buildPackage } from './package/build-package.ts';
import { type OpenedPackage, openPackage } from './package/open-package.ts';
import { readSourceState } from './package/source-state.ts';
import { Attempt, type Candidate } from './phases/attempt.ts';
import { ensureDatabaseLogin } from './phases/database-login.ts';
import { bringFirstFiles, type FirstFiles } from './phases/first-files.ts';
import { type GoLiveOptions, goLive, prove, resetPreparation, settling } from './phases/go-live.ts';
import { olderImage } from './phases/older-image.ts';
import { recordingRefusals } from './phases/recording-refusals.ts';
import { runMigrations } from './phases/run-migrations.ts';
import type { Session } from './phases/session.ts';
import { clearPreparation, stage } from './phases/stage.ts';
import { Steps } from './phases/steps.ts';
import type { HistoryEntry } from './store/history.ts';
import type { ReleaseTarget } from './target/target.ts';
import { type SessionOptions, withSession } from './with-session.ts';

/** Where the package comes from: a source tree, or a file that a release built before. */
export type PackageOrigin =
  | {
      readonly kind: 'source';
      readonly directory: string;
      readonly cacheDir: string;
      readonly outDir: string;
      /** Release uncommitted changes too. */
      readonly allowDirty: boolean;
    }
  | { readonly kind: 'file'; readonly file: string };

export interface ReleaseRequest extends SessionOptions, GoLiveOptions {
  readonly target: ReleaseTarget;
  readonly origin: PackageOrigin;
  /** `verify`: prove the version in staging and leave it there for `promote`. */
  readonly to: 'live' | 'verify';
}

interface Built {
  readonly opened: OpenedPackage;
  readonly source: Candidate['source'];
  readonly firstFiles: FirstFiles | undefined;
}

/** build → preflight → stage → migrate → prepare → verify → drain → swap → verify production → watch → record. */
export async function release(request: ReleaseRequest): Promise<HistoryEntry> {
  const { target } = request;
  const steps = new Steps(request.listener, request.signal);
  const [built, wanted] = await steps.run('build', async (note) => {
    // The program is evaluated while the package is built; a failing build is what the user hears of.
    const asked = target.wanted();
    asked.catch(() => undefined);
    const result = await build(request.origin, steps);
    note(`version ${result.opened.version}, ${(result.opened.bytes / 1024 / 1024).toFixed(1)} MB`);
    return [result, await asked] as const;
  });
  return withSession(target, request, steps, (session) => releaseBuilt(session, request, built, wanted));
}

async function releaseBuilt(
  session: Session,
  request: ReleaseRequest,
  { opened, source, firstFiles }: Built,
  wanted: WantedConfiguration,
): Promise<HistoryEntry> {
  const { steps, appService, production, target, tokens } = session;
  const { siteContainers, stack, command: startupCommand } = wanted;
  const mounts = mountsFor(wanted.mounts, opened.application);
  const settings = mergedSettings(wanted.settings, opened.application);
  const { version, sha256, bytes, schemaMin, schemaMax, file } = opened;
  const { smoke, provides, migrate } = opened.application;
  const attempt = new Attempt(session, 'release', {
    version,
    sha256,
    bytes,
    schemaMin,
    schemaMax,
    settings,
    siteContainers,
    stack,
    startupCommand,
    mounts,
    source,
    smoke,
    provides,
    fallbacks: fallbacks(opened.application),
  });
  return recordingRefusals(session, attempt, async () => {
    await steps.run('preflight', async () => {
      await steps.pass([slotExists, noSwapUnderWay], { appService, site: target.site });
      await clearPreparation(session);
      await steps.pass([warmUpSettings], { configuration: attempt.candidate });
      await steps.pass([stickySettings], { appService, wanted });
      const older = olderImage(session.entries, session.before?.entry, siteContainers);
      if (older !== undefined) steps.notice(older);
      await steps.pass([secretsSet], {
        missingSecrets: target.missingSecrets,
        secrets: opened.application.secrets,
        stack: target.stack,
      });
      if (session.before?.answers === true)
        await steps.pass([blobReachable], { production, releaseToken: tokens.release, ...settling(target) });
    });
    await steps.run('stage', async () => {
      await attempt.enter('stage');
      await session.packages.put(file, opened);
      await stage(session, attempt, file);
      if (firstFiles !== undefined) await bringMedia(session, firstFiles);
    });
    for (const fallback of attempt.candidate.fallbacks ?? []) steps.notice(fallback);
    await steps.run('migrate', async (note) => {
      await attempt.enter('migrate');
      if (await ensureDatabaseLogin(session, attempt.candidate)) steps.notice('the login of the database was made');
      if (provides.migrate !== undefined || migrate !== null) await expandSchema(session, note);
    });
    await prove(session, attempt, request);
    if (request.to === 'live') return goLive(session, attempt, request);
    await resetPreparation(session);
    return attempt.record('verified');
  });
}

async function bringMedia({ staging, tokens, steps }: Session, files: FirstFiles): Promise<void> {
  const to = { slot: staging, token: tokens.release, onProgress: (text: string): void => steps.progress(text) };
  const brought = await bringFirstFiles(files, to);
  if (brought > 0) steps.notice(`${brought} files of the tree are on the share of media now`);
}

async function expandSchema(
  { staging, tokens, steps, lock, target }: Session,
  note: (text: string) => void,
): Promise<void> {
  const { executed, waiting } = await runMigrations({
    slot: staging,
    token: tokens.release,
    kind: 'expand',
    administrator: await target.administrator(),
    steps,
    assertLockHeld: () => lock.assertHeld(),
  });
  if (executed.length > 0) note(`${executed.length} carried out: ${executed.join(', ')}`);
  if (waiting.length > 0) steps.notice(`contract migrations that wait for ./slipway migrate: ${waiting.join(', ')}`);
}

async function build(origin: PackageOrigin, steps: Steps): Promise<Built> {
  if (origin.kind === 'file') {
    const opened = await openPackage(origin.file);
    await steps.pass([startupFiles], opened);
    return { opened, source: undefined, firstFiles: undefined };
  }
  const { directory, cacheDir, outDir, allowDirty } = origin;
  const source = await readSourceState(directory).catch((error: unknown) => {
    if (!allowDirty) throw error;
    steps.notice(`history will name no commit: ${messageOf(error)}`);
    return undefined;
  });
  await steps.pass([uncommittedChanges], { source, allowDirty });
  await steps.pass([phpSyntax], { source: directory });
  const onProgress = (message: string): void => steps.progress(message);
  const { file, firstFiles, notices } = await buildPackage({ source: directory, cacheDir, outDir, onProgress });
  for (const notice of notices) steps.notice(notice);
  const opened = await openPackage(file);
  await steps.pass([startupFiles], opened);
  return {
    opened,
    source: source === undefined ? undefined : { commit: source.commit, dirty: source.changed.length > 0 },
    firstFiles: firstFiles.length === 0 ? undefined : { directory, paths: firstFiles },
  };
}
