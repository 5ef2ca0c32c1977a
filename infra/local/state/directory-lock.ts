import { stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { describeHolder, holderOf, type SocketHolder } from './lock-holder.ts';

/** Without a connection the kernel does not say which process it is. */
const UNKNOWN_HOLDER = 'a process that accepts no connection (as root, `ss -xap` lists it)';

/**
 * Reserves the state directory for one process. The lock is an abstract unix socket, which the kernel removes when its
 * process ends, so it can never be stale.
 */
export class DirectoryLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The lock, or undefined when another region has it. */
  static async take(stateDir: string): Promise<DirectoryLock | undefined> {
    const name = await lockName(stateDir);
    for (const isLast of [false, true]) {
      const server = await listening(name);
      if (server !== undefined) return new DirectoryLock(server.unref());
      if (await isLocked(stateDir)) return undefined;
      // The holder ended between the two calls, or it has bound the name and does not listen, as no region does.
      if (isLast) throw lockTaken(stateDir, UNKNOWN_HOLDER);
    }
  }

  release(): void {
    this.#server.close();
  }
}

/**
 * Whether a region holds the lock. Any user of the machine can listen on an abstract socket, so a holder that belongs
 * neither to this user nor to the owner of the directory is no region: SLIP-LOCAL-LOCK-TAKEN names it.
 */
export async function isLocked(stateDir: string): Promise<boolean> {
  let name: string;
  try {
    name = await lockName(stateDir);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  if (!(await isListening(name))) return false;
  const holder = await holderOf(name.slice(1));
  // It ended between the two calls, or lets nobody connect any more.
  if (holder === 'unknown' && !(await isListening(name))) return false;
  await assertOwn(holder, stateDir);
  return true;
}

/** A server on this abstract socket; undefined when another process has bound the name. */
async function listening(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(name, resolve);
    });
    return server;
  } catch (error) {
    if (isErrno(error, 'EADDRINUSE')) return undefined;
    throw error;
  }
}

function isListening(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function assertOwn(holder: SocketHolder | 'unknown' | undefined, stateDir: string): Promise<void> {
  const owners = [process.getuid?.(), (await stat(stateDir)).uid];
  if (holder === 'unknown') throw lockTaken(stateDir, UNKNOWN_HOLDER);
  if (holder === undefined || owners.includes(holder.uid)) return;
  throw lockTaken(stateDir, await describeHolder(holder));
}

function lockTaken(stateDir: string, holder: string): SlipError {
  return new SlipError('SLIP-LOCAL-LOCK-TAKEN', {
    found: `the lock of ${stateDir} is held by ${holder}, which is no region of yours`,
    expected: 'a lock that only your regions take',
    fix: 'have that process ended, or choose another directory with --state DIR',
  });
}

/** Named by device and inode, so that every path to the directory leads to the same lock. */
async function lockName(stateDir: string): Promise<string> {
  const { dev, ino } = await stat(stateDir);
  return `\0slipway/${dev}/${ino}`;
}
