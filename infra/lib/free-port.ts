import { createServer } from 'node:net';

/**
 * Below the ranges from which kernels take the near ends of connections (Linux: `ip_local_port_range`, 32768 and up;
 * IANA: 49152 and up): one of those could have the port when its server starts, or starts again.
 */
const lowest = 10_240;
const highest = 32_000;

/** A port on 127.0.0.1 that nothing listens on at this moment and that no outgoing connection is given. */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (;;) {
    const port = randomPort();
    if (!taken.has(port) && (await isFree(port))) return port;
  }
}

/** A base of a local region for which every port `base + offset` is such a port. */
export async function freeBase(offsets: readonly number[]): Promise<number> {
  for (;;) {
    const base = randomPort();
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
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
  return lowest + Math.floor(Math.random() * (highest - lowest));
}
