import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { utc } from '../../lib/clock.ts';
import { isErrno, messageOf } from '../../lib/error-message.ts';
import type { WorkerId } from '../state/paths.ts';
import { safeSegments } from './archive-names.ts';
import { badRequest, conflict } from './arm-error.ts';
import { assertIdle } from './guards.ts';
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS, extractArchive, HOME_MODE } from './package-archive.ts';
import type { SiteParts } from './site-parts.ts';
import { DEPLOYMENTS_KEPT, type Deployment, type SiteState, slotOfWorker } from './site-state.ts';
import { specOf } from './slot-spec.ts';
import type { SlotName, Worker } from './worker.ts';

const WORK_PREFIX = '.deploy-';

/** OneDeploy with `type=zip`. */
export interface DeploymentRequest {
  /** Writes the package to the file named. What it throws ends the deployment. */
  readonly receive: (file: string) => Promise<void>;
  /** Relative to wwwroot, or absolute below /home. Default: wwwroot. */
  readonly path?: string;
  /** Remove what is in the target first. Default true, as Kudu has it for zip. */
  readonly clean?: boolean;
  /** Restart the app afterwards. Default true. */
  readonly restart?: boolean;
  readonly limits?: ArchiveLimits;
}

/**
 * Unpacks the package into a directory next to the content, moves it into place by rename and restarts the app. A
 * refused package changes nothing. A slot has one deployment at a time, and none while a swap runs.
 */
export async function deploy(parts: SiteParts, slot: SlotName, request: DeploymentRequest): Promise<Deployment> {
  const worker = parts.workers[parts.store.current.slots[slot].worker];
  const target = targetOf(request);
  assertIdle(parts.store.current, parts.name);
  if (parts.deploying.has(worker.id)) throw conflict('There is a deployment currently in progress. Please try again.');
  parts.deploying.add(worker.id);
  const id = randomUUID();
  const work = join(worker.home, 'site', `${WORK_PREFIX}${id}`);
  try {
    const begun = { id, status: 2, message: 'OneDeploy', receivedUtc: utc(parts.clock) } as const;
    await record(parts, worker.id, begun, (state) => assertIdle(state, parts.name));
    await place(work, worker, target, request);
    if (request.restart !== false) await restart(parts, worker.id);
    return await end(parts, worker.id, id, { status: 4, message: 'OneDeploy' });
  } catch (error) {
    await end(parts, worker.id, id, { status: 3, message: messageOf(error) });
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
    parts.deploying.delete(worker.id);
  }
}

/** Removes the working directories of deployments whose run was killed. */
export async function sweepDeployments(workers: readonly Worker[]): Promise<void> {
  for (const { home } of workers) {
    const names = await readdir(join(home, 'site')).catch(() => []);
    for (const name of names.filter((entry) => entry.startsWith(WORK_PREFIX))) {
      // The run was killed between the two renames: the content is in this directory only.
      const wwwroot = join(home, 'site', 'wwwroot');
      const gone = (await lstat(wwwroot).catch(ignoreAbsent)) === undefined;
      if (gone) await rename(join(home, 'site', name, 'before'), wwwroot).catch(ignoreAbsent);
      await rm(join(home, 'site', name), { recursive: true, force: true });
    }
  }
}

interface Target {
  readonly segments: readonly string[];
  readonly clean: boolean;
}

function targetOf({ path = '', clean = true }: DeploymentRequest): Target {
  const wwwroot = ['site', 'wwwroot'];
  const absolute = path.startsWith('/');
  if (absolute && !path.startsWith('/home/')) throw badRequest(`path='${path}' is invalid: it is not below /home.`);
  const rest = absolute ? path.slice('/home/'.length) : path;
  const below = rest === '' ? [] : safeSegments(rest, 'the path');
  const segments = absolute ? below : [...wwwroot, ...below];
  const inside = segments[0] === wwwroot[0] && segments[1] === wwwroot[1];
  if (clean && !inside) {
    throw badRequest(`path='${path}' is outside wwwroot: it is only written to with clean=false.`);
  }
  if (segments.length < 1) throw badRequest(`path='${path}' is invalid.`);
  return { segments, clean };
}

async function place(work: string, worker: Worker, target: Target, request: DeploymentRequest): Promise<void> {
  const content = join(work, 'content');
  const file = join(work, 'package.zip');
  await makeSafely(worker.home, ['site']);
  await mkdir(work, { mode: 0o700 });
  await mkdir(content);
  await request.receive(file);
  await extractArchive(file, content, request.limits ?? DEFAULT_ARCHIVE_LIMITS);
  await setHomeMode(content);
  const directory = join(worker.home, ...target.segments);
  if (target.clean) {
    await makeSafely(worker.home, target.segments.slice(0, -1));
    const before = join(work, 'before');
    await rename(directory, before).catch(ignoreAbsent);
    await rename(content, directory).catch(async (error: unknown) => {
      await rename(before, directory).catch(ignoreAbsent);
      throw error;
    });
  } else {
    await makeSafely(worker.home, target.segments);
    await moveInto(content, worker.home, target.segments);
  }
}

/** Gives every directory the mode that everything on `/home` has, whatever the umask is. */
async function setHomeMode(directory: string): Promise<void> {
  await chmod(directory, HOME_MODE);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await setHomeMode(join(directory, entry.name));
  }
}

/** Moves each file by rename, so that a reader of the target never gets half a file. */
async function moveInto(from: string, home: string, segments: readonly string[]): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const below = [...segments, entry.name];
    if (entry.isDirectory()) {
      await makeSafely(home, below);
      await moveInto(join(from, entry.name), home, below);
    } else {
      await rename(join(from, entry.name), join(home, ...below));
    }
  }
}

/** Creates the directory. Refuses to follow a symbolic link, which the app could have created. */
async function makeSafely(home: string, segments: readonly string[]): Promise<void> {
  for (let length = 1; length <= segments.length; length++) {
    const directory = join(home, ...segments.slice(0, length));
    const found = await lstat(directory).catch(ignoreAbsent);
    if (found === undefined) {
      await mkdir(directory);
      await chmod(directory, HOME_MODE);
    } else if (!found.isDirectory()) {
      throw badRequest(
        `The package cannot be placed: ${join('/home', ...segments.slice(0, length))} is not a directory.`,
      );
    }
  }
}

async function restart(parts: SiteParts, worker: WorkerId): Promise<void> {
  const state = parts.store.current;
  const slot = slotOfWorker(state, worker);
  if (state.slots[slot].state === 'Stopped') return;
  // As on Azure, the deployment has succeeded even when the app does not start; its health shows that.
  await parts.runners[worker]
    .apply(specOf(state, slot), { restart: true })
    .catch((error) => parts.log({ event: 'start-failed', slot, reason: messageOf(error) }));
}

async function record(
  parts: SiteParts,
  worker: WorkerId,
  deployment: Deployment,
  assertAllowed: (state: SiteState) => void = () => undefined,
): Promise<void> {
  await parts.store.update((state) => {
    assertAllowed(state);
    const others = state.deployments[worker].filter(({ id }) => id !== deployment.id);
    return withDeployments(state, worker, [...others, deployment].slice(-DEPLOYMENTS_KEPT));
  });
}

async function end(
  parts: SiteParts,
  worker: WorkerId,
  id: string,
  outcome: Pick<Deployment, 'status' | 'message'>,
): Promise<Deployment> {
  const begun = parts.store.current.deployments[worker].find((deployment) => deployment.id === id);
  const endedUtc = utc(parts.clock);
  const deployment: Deployment = { id, receivedUtc: begun?.receivedUtc ?? endedUtc, endedUtc, ...outcome };
  await record(parts, worker, deployment);
  parts.log({ event: 'deployment-ended', worker, id, status: outcome.status, reason: outcome.message });
  return deployment;
}

function withDeployments(state: SiteState, worker: WorkerId, deployments: readonly Deployment[]): SiteState {
  return { ...state, deployments: { ...state.deployments, [worker]: deployments } };
}

function ignoreAbsent(error: unknown): undefined {
  if (isErrno(error, 'ENOENT')) return undefined;
  throw error;
}
