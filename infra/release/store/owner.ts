import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { startTimeOf } from '../../lib/process-facts.mjs';
import { visible } from '../../lib/visible.mjs';

/** Who holds the release lock. */
export interface Owner {
  /** A person or a pipeline, as history shows it. */
  readonly who: string;
  readonly command: string;
  /** ISO time. */
  readonly since: string;
  /** Identifies the process on its own machine, so that it is known there whether it still runs. */
  readonly process: ProcessIdentity | undefined;
}

interface ProcessIdentity {
  /** Boot id and pid namespace: process ids mean something only within them. */
  readonly machine: string;
  readonly pid: number;
  /** Clock ticks after boot; a reused pid has another one. */
  readonly startTicks: string;
}

/** The variables by which the usual pipelines say on whose behalf they run. */
const pipelineVariables = ['GITHUB_ACTOR', 'BUILD_REQUESTEDFOR', 'GITLAB_USER_LOGIN'];

export function currentOwner(command: string, environment: NodeJS.ProcessEnv, now: Date): Owner {
  return { who: whoRuns(environment), command, since: now.toISOString(), process: identityOf(process.pid) };
}

/** True only when the owner's process is known to have ended. */
export function hasEnded(owner: Owner): boolean {
  const known = owner.process;
  if (known === undefined || known.machine !== machineIdentity()) return false;
  return identityOf(known.pid)?.startTicks !== known.startTicks;
}

export function describeOwner(owner: Owner): string {
  return visible(`${owner.who} (${owner.command}), since ${owner.since}`);
}

function whoRuns(environment: NodeJS.ProcessEnv): string {
  for (const name of pipelineVariables) {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
  }
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function identityOf(pid: number): ProcessIdentity | undefined {
  const machine = machineIdentity();
  const startTicks = startTimeOf(pid);
  return machine === undefined || startTicks === undefined ? undefined : { machine, pid, startTicks };
}

function machineIdentity(): string | undefined {
  const boot = read('/proc/sys/kernel/random/boot_id');
  try {
    return boot === undefined ? undefined : `${boot.trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
