import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SlipCode } from '../lib/codes.ts';
import { COMPILE_CACHE } from '../lib/compile-cache.ts';
import { isErrno } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import { startTimeOf } from '../lib/process-facts.mjs';
import { untilDefined, untilTrue } from '../lib/until.ts';
import { callRegion } from './control-socket.ts';
import type { FaultTarget } from './faults.ts';
import { isLocked } from './state/directory-lock.ts';
import { statePaths } from './state/paths.ts';
import type { RegionStatus } from './status.ts';
import { removeDisk } from './worker/remove-disk.ts';

const daemon = join(import.meta.dirname, 'daemon.ts');
/** Limits V8's young generation to 12 MB instead of 48 MB or more: the region's live objects are about 30 MB. */
const daemonFlags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];
/** A cold start makes a database; the wait for another command's start is as long. */
const START_WITHIN_MS = 180_000;
/** A sidecar may take up to 120 s to finish its uploads. */
const STOP_WITHIN_MS = 150_000;
const ASK_WITHIN_MS = 10_000;
const POLL_MS = 100;

export interface StartOptions {
  readonly stateDir: string;
  readonly port: number;
  /** The program that serves the page of the region, at BASE + 2. */
  readonly consoleProgram: string;
  readonly onProgress: (message: string) => void;
  /** Ends the start cleanly (Ctrl-C). */
  readonly signal?: AbortSignal;
}

/** Messages of the region's process to the command that started it. */
export type DaemonMessage =
  | { readonly kind: 'progress'; readonly message: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: SlipCode | undefined; readonly detail: SlipError['detail'] };

/**
 * Starts the region's process and returns when it is ready. When the region is already up, data servers that died are
 * restarted. When another command is starting it, this one waits for that one.
 */
export async function startRegion(options: StartOptions): Promise<{ readonly started: boolean }> {
  const paths = statePaths(options.stateDir);
  await mkdir(paths.root, { recursive: true, mode: 0o700 });
  if (await isLocked(paths.root)) {
    await joinRegion(options);
    return { started: false };
  }
  await mkdir(paths.logs, { recursive: true, mode: 0o700 });
  const log = await open(join(paths.logs, 'region.log'), 'a', 0o600);
  try {
    const args = [...daemonFlags, daemon, paths.root, String(options.port), options.consoleProgram];
    const child = spawn(process.execPath, args, {
      cwd: paths.root,
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await untilReady(child, options);
    child.disconnect();
    child.unref();
    return { started: true };
  } catch (error) {
    // Another command took the lock between the check and the start.
    if (!(error instanceof SlipError) || error.code !== 'SLIP-LOCAL-LOCKED') throw error;
    await joinRegion(options);
    return { started: false };
  } finally {
    await log.close();
  }
}

/** Stops the region and keeps its data. Resolves with false when none was running. */
export async function stopRegion({ stateDir }: { readonly stateDir: string }): Promise<boolean> {
  const paths = statePaths(stateDir);
  if (!(await isLocked(paths.root))) return false;
  await untilAnswering(paths.controlSocket, paths.root);
  await untilGone(Number(await callRegion(paths.controlSocket, 'stop', STOP_WITHIN_MS)));
  return true;
}

/** Stops the region and removes its state directory. */
export async function resetRegion({ stateDir }: { readonly stateDir: string }): Promise<void> {
  await stopRegion({ stateDir });
  const { root, marker } = statePaths(stateDir);
  if (!(await isStateDirectory(root, marker))) {
    throw new SlipError('SLIP-LOCAL-NOT-STATE', {
      found: `${root} does not look like the state of a local region`,
      expected: 'a directory that npm start made',
      fix: 'remove it yourself if that is what you want',
    });
  }
  await removeDisk(root);
}

/** The region's status; undefined when no region runs on this state directory. */
export async function regionStatus({ stateDir }: { readonly stateDir: string }): Promise<RegionStatus | undefined> {
  const paths = statePaths(stateDir);
  const answer = await callRegion(paths.controlSocket, 'status', ASK_WITHIN_MS);
  return answer as RegionStatus | undefined;
}

/** Stops a data server or the sidecars of a running region, or starts them again. */
export async function switchRegionFault(stateDir: string, target: FaultTarget, on: boolean): Promise<void> {
  const paths = statePaths(stateDir);
  await callRegion(paths.controlSocket, `fault/${target}/${on ? 'on' : 'off'}`, START_WITHIN_MS);
}

async function untilReady(child: ChildProcess, { onProgress, signal }: StartOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const cancel = () => {
      onProgress('stopping what was started');
      // The region's process ends, with everything it started, when it loses this channel before it is ready.
      child.disconnect();
      child.once('exit', () => reject(signal?.reason));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    child.on('message', (message: DaemonMessage) => {
      if (message.kind === 'progress') onProgress(message.message);
      else if (message.kind === 'ready') resolve();
      else
        reject(
          message.code === undefined ? new Error(message.detail.found) : new SlipError(message.code, message.detail),
        );
    });
    child.once('error', reject);
    child.once('exit', (code, by) => {
      if (signal?.aborted) return;
      reject(
        new SlipError('SLIP-LOCAL-REGION-ENDED', {
          found: `the region's process ended while it was starting (${by ?? `exit code ${code}`})`,
          expected: 'it to become ready',
          fix: './slipway logs --process region shows why; then npm start again',
        }),
      );
    });
  });
}

/** A region is up, or another command is starting one. */
async function joinRegion({ stateDir, onProgress }: StartOptions): Promise<void> {
  const paths = statePaths(stateDir);
  if ((await callRegion(paths.controlSocket, 'status', ASK_WITHIN_MS)) === undefined) {
    onProgress('another command is starting this region: waiting for it');
    await untilAnswering(paths.controlSocket, paths.root);
  }
  const restarted = await callRegion(paths.controlSocket, 'restartDead', START_WITHIN_MS);
  if (Array.isArray(restarted) && restarted.length > 0) onProgress(`restarted: ${restarted.join(', ')}`);
}

async function untilAnswering(socket: string, root: string): Promise<void> {
  const answer = await untilDefined({ limitMs: START_WITHIN_MS, pollMs: POLL_MS }, async () => {
    if ((await callRegion(socket, 'status', ASK_WITHIN_MS)) !== undefined) return 'ready';
    return (await isLocked(root)) ? undefined : 'ended';
  });
  if (answer === 'ready') return;
  throw new SlipError('SLIP-LOCAL-REGION-ENDED', {
    found: 'the region that was starting did not become ready',
    expected: 'it to answer on its control socket',
    fix: './slipway logs --process region shows why; then npm start again',
  });
}

async function untilGone(pid: number): Promise<void> {
  if (await untilTrue({ limitMs: STOP_WITHIN_MS, pollMs: POLL_MS }, () => startTimeOf(pid) === undefined)) return;
  throw new SlipError('SLIP-LOCAL-STOP', {
    found: `the region is still running ${STOP_WITHIN_MS / 1000} s after it was asked to stop`,
    expected: 'it to end',
    fix: './slipway logs --process region shows what it waits for',
  });
}

async function isStateDirectory(root: string, marker: string): Promise<boolean> {
  for (const path of [root, marker]) {
    try {
      await stat(path);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return path === root;
      throw error;
    }
  }
  return true;
}
