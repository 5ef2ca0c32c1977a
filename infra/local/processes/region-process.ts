import { type ChildProcess, spawn } from 'node:child_process';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { isObject } from '../../lib/json.ts';
import { processStat, startTimeOf } from '../../lib/process-facts.mjs';
import { untilTrue } from '../../lib/until.ts';
import { readJson, writeJson } from '../state/files.ts';
import { startBehindVisitors, stopBehindVisitors } from './visitors-first.ts';

const RESTART_DELAY_MS = 500;
const RESTART_DELAY_MAX_MS = 2_000;
/** A process that ran this long before it died is restarted after the short delay again. */
const SETTLED_AFTER_MS = 10_000;
const KEPT_EXITS = 20;
const KILL_POLL_MS = 10;

export interface ProcessSpec {
  /** Unique in the region; names the log and the record. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing of the region's process is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  /** Directory that keeps a record of each running process, so that one left behind can be found. */
  readonly recordDir: string;
  /** True for containers, which App Service restarts, and which start and stop behind visitors. A data server that died stays down. */
  readonly restart: boolean;
  /** The signal that requests the end. What still runs after the limit given to `stop` is killed. */
  readonly stopSignal: NodeJS.Signals;
  /** Called when the process has ended, whatever the reason. */
  readonly onEnd?: () => void;
}

export interface ExitRecord {
  readonly at: string;
  readonly reason: string;
}

/**
 * One process group of the region, in a session of its own. It ends, with everything it started, when the region's
 * process ends for any reason.
 */
export class RegionProcess {
  readonly spec: ProcessSpec;
  /** Unexpected exits, newest last. */
  readonly exits: ExitRecord[];
  #child: ChildProcess | undefined;
  #wanted = false;
  #startIsOver = new AbortController();
  #endedAt: string | undefined;
  #delayMs = RESTART_DELAY_MS;
  #restartTimer: NodeJS.Timeout | undefined;
  #ended: Promise<void> = Promise.resolve();
  #spawning: Promise<void> = Promise.resolve();

  /** `exits`: the record of its predecessors, which this process continues. */
  constructor(spec: ProcessSpec, exits: ExitRecord[] = []) {
    this.spec = spec;
    this.exits = exits;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** When it ended, ISO 8601; undefined while it runs, and before it ran. */
  get endedAt(): string | undefined {
    return this.#endedAt;
  }

  /** False once `stop` was called: it is not restarted then. */
  get isWanted(): boolean {
    return this.#wanted;
  }

  async start(): Promise<void> {
    if (this.#wanted && this.running) return;
    this.#wanted = true;
    this.#spawning = this.#spawn();
    await this.#spawning;
  }

  /** From now on the process has the priority of all others. */
  endStart(): void {
    this.#startIsOver.abort();
  }

  /** Requests the end and kills the whole group after `limitMs`. Resolves when no process of it is left. */
  async stop(limitMs: number): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#restartTimer);
    // A process that is being started can be stopped once it is spawned and recorded.
    await this.#spawning.catch(() => undefined);
    const child = this.#child;
    if (child?.pid === undefined) return this.#ended;
    const group = child.pid;
    if (this.spec.restart) await stopBehindVisitors(child.pid);
    signal(child.pid, this.spec.stopSignal);
    const timer = setTimeout(() => signal(-group, 'SIGKILL'), limitMs);
    await this.#ended;
    clearTimeout(timer);
  }

  async #spawn(): Promise<void> {
    const log = await open(this.spec.logFile, 'a', 0o600);
    try {
      // It may have been stopped while the log was being opened.
      if (!this.#wanted) return;
      // With --pdeathsig the kernel sends SIGTERM when the region's process dies, so that no orphan is left.
      const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', this.spec.command, ...this.spec.args], {
        cwd: this.spec.cwd,
        env: { ...this.spec.env },
        stdio: ['ignore', log.fd, log.fd],
        detached: true,
      });
      const startedAt = Date.now();
      this.#child = child;
      this.#endedAt = undefined;
      const startIsOver = new AbortController();
      this.#startIsOver = startIsOver;
      this.#ended = new Promise((resolve) => {
        const finish = (reason: string) => {
          if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');
          this.#child = undefined;
          startIsOver.abort();
          this.#endedAt = new Date().toISOString();
          this.spec.onEnd?.();
          this.#exited(reason, Date.now() - startedAt);
          resolve(rm(this.#recordFile, { force: true }));
        };
        child.once('error', (error) => finish(error.message));
        child.once('exit', (code, by) => finish(by === null ? `exit code ${code}` : `signal ${by}`));
      });
      if (child.pid === undefined) {
        await this.#ended;
        throw new SlipError('SLIP-LOCAL-SPAWN', {
          found: `${this.spec.command} could not be started: ${this.exits.at(-1)?.reason ?? 'unknown reason'}`,
          expected: 'setpriv and the program to be installed',
          fix: 'npm start installs what is missing',
        });
      }
      if (this.spec.restart) void startBehindVisitors(child.pid, startIsOver.signal);
      await writeJson(this.#recordFile, { pid: child.pid, started: startTimeOf(child.pid) });
    } finally {
      await log.close();
    }
  }

  #exited(reason: string, ranMs: number): void {
    // The exit was requested, so there is nothing to record.
    if (!this.#wanted) return;
    this.exits.push({ at: new Date().toISOString(), reason });
    if (this.exits.length > KEPT_EXITS) this.exits.shift();
    if (!this.spec.restart) return;
    this.#delayMs = nextRestartDelay(this.#delayMs, ranMs);
    this.#restartTimer = setTimeout(() => {
      if (!this.#wanted) return;
      this.#spawning = this.#spawn();
      this.#spawning.catch(() => this.#exited('could not be started', 0));
    }, this.#delayMs);
  }

  get #recordFile(): string {
    return join(this.spec.recordDir, `${this.spec.name}.json`);
  }
}

/** The delay before a restart doubles up to 2 s, well within the 5 s in which a container has to be back. */
export function nextRestartDelay(delayMs: number, ranMs: number): number {
  return ranMs > SETTLED_AFTER_MS ? RESTART_DELAY_MS : Math.min(delayMs * 2, RESTART_DELAY_MAX_MS);
}

/**
 * Ends the processes of an earlier region that was killed. Only processes with the recorded pid and start time are
 * signalled. Resolves with their names.
 */
export async function endLeftovers(recordDir: string, limitMs: number): Promise<string[]> {
  const ended: string[] = [];
  for (const file of await readdir(recordDir)) {
    const record = await readJson(join(recordDir, file));
    if (isProcessRecord(record) && record.started !== undefined && startTimeOf(record.pid) === record.started) {
      signal(-record.pid, 'SIGTERM');
      const gone = () => startTimeOf(record.pid) !== record.started;
      if (!(await untilTrue({ limitMs, pollMs: KILL_POLL_MS }, gone))) await endGroup(record.pid);
      ended.push(file.replace(/\.json$/, ''));
    }
    // Processes of a group whose leader is gone still have its number.
    if (isProcessRecord(record)) await endGroupOf(record.pid);
    await rm(join(recordDir, file), { force: true });
  }
  return ended;
}

/** Kills a process group and waits until its leader is gone. */
export async function endGroup(leader: number): Promise<void> {
  const started = startTimeOf(leader);
  signal(-leader, 'SIGKILL');
  while (started !== undefined && startTimeOf(leader) === started) await sleep(KILL_POLL_MS);
}

async function endGroupOf(leader: number): Promise<void> {
  if (processStat(leader) !== undefined) return;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = processStat(Number(entry));
    if (stat?.group === leader && stat.session === leader) signal(Number(entry), 'SIGKILL');
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function isProcessRecord(value: unknown): value is { pid: number; started: string | undefined } {
  return isObject(value) && typeof value.pid === 'number';
}
