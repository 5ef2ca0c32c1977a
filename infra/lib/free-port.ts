import { createServer } from 'node:net';

/**
 * Below the ranges from which kernels take the near ends of connections (Linux: `ip_local_port_range`, 32768 and up;
 * IANA: 49152 and up): one of those could have the port when its server starts, or starts again.
 */
const LOWEST = 10_240;
const HIGHEST = 32_000;

/**
 * A port on 127.0.0.1 that nothing listens on at this moment and that no outgoing connection is given. No other process is given it
 * as long as this one lives: its server may not have started yet, or may start again.
 */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (;;) {
    const port = randomPort();
    if (!taken.has(port) && (await reserve(port)) && (await isFree(port))) return port;
  }
}

/** A base of a local region for which every port `base + offset` is such a port, kept for this process as well. */
export async function freeBase(offsets: readonly number[]): Promise<number> {
  for (;;) {
    const base = randomPort();
    const free = await Promise.all(
      offsets.map(async (offset) => (await reserve(base + offset)) && (await isFree(base + offset))),
    );
    if (free.every(Boolean)) return base;
  }
}

/** Whether a port on 127.0.0.1 can be listened on. Throws what `listen` says for any reason but "in use". */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function randomPort(): number {
  return LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
}

/**
 * Reserves a number among all programs that ask here: an abstract unix socket has one owner, and ends with its process. To listen on the
 * port for a moment would not do, since that keeps its owner's server from starting.
 */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const owner = createServer();
    owner.once('error', () => resolve(false));
    owner.listen(`\0slipway/port/${port}`, () => {
      owner.unref();
      resolve(true);
    });
  });
}
