import { stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { isErrno } from '../../lib/error-message.ts';

/**
 * Holds the state directory for one process. The lock is a name in the kernel (an abstract unix socket), so it goes
 * with its owner however that ends, and can never be stale.
 */
export class StateLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The lock, or undefined when another process has it. */
  static async take(stateDir: string): Promise<StateLock | undefined> {
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
    return new StateLock(server);
  }

  release(): void {
    this.#server.close();
  }
}

/** Whether a process has the state directory. */
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

/** Of the directory itself, not of its path: links and bind mounts lead to the same lock. */
async function lockName(stateDir: string): Promise<string> {
  const { dev, ino } = await stat(stateDir);
  return `\0slipway/${dev}/${ino}`;
}
