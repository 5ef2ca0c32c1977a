import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownerOf } from '../../setup/lock.mjs';

/** Both short: a unix socket's path has room for 107 characters. */
export const RUN_PARENTS = { disk: '/tmp', memory: '/dev/shm' } as const;
const PREFIX = 'slipway-test-';
/** Servers that give up root have to reach their sockets in it, as they would in /tmp. */
const MODE = 0o711;
/** Servers of a region end one after the other, and slowly on a busy machine. */
const DEFAULT_GRACE_MS = 30_000;
const POLL_MS = 50;

/**
 * A directory for everything that one test run writes: TMPDIR of all its processes. A process that was started from it
 * shows that in its command line, directory or environment, and is found by that, whoever its parent is.
 */
export class RunDirectory {
  readonly path: string;
  readonly #graceMs: number;

  private constructor(path: string, graceMs: number) {
    this.path = path;
    this.#graceMs = graceMs;
  }

  /** Also ends and removes what runs left behind whose own process was killed. */
  static async create(parent: string, graceMs = DEFAULT_GRACE_MS): Promise<RunDirectory> {
    for (const path of await directoriesOfRuns()) {
      const left = new RunDirectory(path, graceMs);
      if (left.#isAbandoned()) await left.remove();
    }
    const directory = new RunDirectory(await mkdtemp(join(parent, PREFIX)), graceMs);
    await chmod(directory.path, MODE);
    await writeFile(join(directory.path, 'owner'), JSON.stringify(ownerOf(process.pid)));
    return directory;
  }

  /** Processes that live in this directory, as `pid command`. */
  processes(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => this.#mentions(pid))
      .map((pid) => `${pid} ${readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}`);
  }

  /** What is still there after a moment to leave. Looks twice: a process shows nothing of itself while it becomes another program. */
  async leftovers(): Promise<string[]> {
    const deadline = Date.now() + this.#graceMs;
    let found = this.processes();
    let before: readonly string[] = ['not looked yet'];
    while ((found.length > 0 || before.length > 0) && Date.now() < deadline) {
      await sleep(POLL_MS);
      before = found;
      found = this.processes();
    }
    return found;
  }

  /** Ends what still runs here, then removes the directory. */
  async remove(): Promise<void> {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      for (const found of this.processes()) {
        try {
          process.kill(Number.parseInt(found, 10), signal);
        } catch {
          // It has left by itself.
        }
      }
      if ((await this.leftovers()).length === 0) break;
    }
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  #isAbandoned(): boolean {
    if (statSync(this.path, { throwIfNoEntry: false })?.uid !== process.getuid?.()) return false;
    const owner = readText(join(this.path, 'owner'));
    // A run that begins at this moment has not written it yet.
    return owner !== '' && !isAlive(JSON.parse(owner));
  }

  #mentions(pid: string): boolean {
    const folder = `/proc/${pid}`;
    if (readText(`${folder}/cmdline`).includes(this.path)) return true;
    if (readText(`${folder}/environ`).includes(this.path)) return true;
    try {
      return readlinkSync(`${folder}/cwd`).startsWith(this.path);
    } catch {
      return false;
    }
  }
}

async function directoriesOfRuns(): Promise<string[]> {
  const paths: string[] = [];
  for (const parent of Object.values(RUN_PARENTS)) {
    const names = await readdir(parent).catch(() => []);
    paths.push(...names.filter((name) => name.startsWith(PREFIX)).map((name) => join(parent, name)));
  }
  return paths;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
