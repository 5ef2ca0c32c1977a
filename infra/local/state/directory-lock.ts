import { stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { isErrno } from '../../lib/error-message.ts';

/**
 * Reserves the state directory for one process. The lock is an abstract unix socket, which the kernel removes when its
 * process ends, so it can never be stale.
 */
export class DirectoryLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The lock, or undefined when another process has it. */
  static async take(stateDir: string): Promise<DirectoryLock | undefined> {
    const name = await lockName(stateDir);
    const server = createServer((socket) => socket.destroy());
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(name, resolve);
      });
    } catch (error) {
      if (isErrno(error, 'EADDRINUSE')) return undefined;
      throw error;
    }
    server.unref();
    return new DirectoryLock(server);
  }

  release(): void {
    this.#server.close();
  }
}

/** Whether a process holds the lock. */
export async function isLocked(stateDir: string): Promise<boolean> {
  let name: string;
  try {
    name = await lockName(stateDir);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Named by device and inode, so that every path to the directory leads to the same lock. */
async function lockName(stateDir: string): Promise<string> {
  const { dev, ino } = await stat(stateDir);
  return `\0slipway/${dev}/${ino}`;
}
