import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { type Connection, readConnection } from '../lib/connection.ts';
import { freeBase } from '../lib/free-port.ts';
import { publicOffsets } from '../local/processes/ports.ts';
import { regionStatus } from '../local/region-client.ts';
import type { RegionStatus } from '../local/status.ts';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { eventually } from './eventually.ts';

const checkout = join(import.meta.dirname, '..', '..');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A local region for a test, with a state directory and ports of its own. It is driven through the command line. */
export class TestRegion {
  readonly stateDir: string;
  readonly port: number;
  readonly root: string;

  private constructor(stateDir: string, port: number, root: string) {
    this.stateDir = stateDir;
    this.port = port;
    this.root = root;
  }

  static async create(root = checkout): Promise<TestRegion> {
    const stateDir = await mkdtemp(join(tmpdir(), 'sw-e2e-'));
    return new TestRegion(stateDir, await freeBase(publicOffsets), root);
  }

  spawn(...args: string[]): ChildProcess {
    const [name = '', ...rest] = args;
    const command = ['--disable-warning=ExperimentalWarning', join(this.root, 'infra/cli/main.ts'), name];
    return spawn(process.execPath, [...command, '--state', this.stateDir, '--port', String(this.port), ...rest], {
      cwd: this.root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async command(...args: string[]): Promise<CommandResult> {
    return finished(this.spawn(...args));
  }

  /**
   * Starts the region with a first release: of the application that slipway comes with, whatever slipway:app names, or of another. An error
   * has the command's output.
   */
  async start(source = join(this.root, 'webapplication')): Promise<void> {
    const { code, stdout, stderr } = await this.command('start', '--source', source);
    if (code !== 0) throw new Error(`start ended with ${code}:\n${stdout}\n${stderr}\n${await this.logTail()}`);
  }

  /** As the region itself says it: the command, which adds its releases, takes a second of a processor. */
  async status(): Promise<RegionStatus> {
    const status = await regionStatus(this);
    if (status === undefined) throw new Error(`the region does not answer:\n${await this.logTail()}`);
    return status;
  }

  async connection(): Promise<Connection> {
    return readConnection(this.stateDir);
  }

  async media(): Promise<ContainerClient> {
    const { blob, ca } = await this.connection();
    setDefaultCACertificates([...getCACertificates('default'), await readFile(ca, 'utf8')]);
    const credential = new StorageSharedKeyCredential(blob.account, blob.key);
    return new BlobServiceClient(blob.endpoint, credential).getContainerClient(blob.container);
  }

  /** Stops the region, removes its state, and throws when a process of it was left. */
  async remove(): Promise<void> {
    await this.command('stop');
    await this.isEmpty().finally(async () => {
      for (const pid of await this.processes()) process.kill(pid, 'SIGKILL');
      await removeDisk(this.stateDir);
    });
  }

  /** Resolves when no process of the region is left. */
  async isEmpty(): Promise<void> {
    try {
      await eventually('no process of the region is left', async () => (await this.processes()).length === 0);
    } catch (error) {
      const left = (await this.processes()).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
      throw new Error(`${String(error)}\n${(await Promise.all(left)).join('\n').replaceAll('\0', ' ')}`);
    }
  }

  /** Pids of the processes with the state directory as working directory or on their command line. */
  async processes(): Promise<number[]> {
    const found: number[] = [];
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
      const [cwd, line] = await Promise.all([
        readlink(`/proc/${entry}/cwd`).catch(() => ''),
        readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => ''),
      ]);
      if (cwd.startsWith(this.stateDir) || line.includes(this.stateDir)) found.push(Number(entry));
    }
    return found;
  }

  async logTail(): Promise<string> {
    return readFile(join(this.stateDir, 'logs', 'region.log'), 'utf8').then(
      (text) => text.slice(-4_000),
      () => 'no region.log',
    );
  }
}

export async function finished(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}
