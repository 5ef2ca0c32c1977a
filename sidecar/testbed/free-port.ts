import { createServer } from 'node:net';

/**
 * Below the ranges from which kernels take the local ports of connections (Linux: `ip_local_port_range`, 32768 and up;
 * IANA: 49152 and up). A port from those ranges could be taken while its server restarts.
 */
const LOWEST = 10_240;
const HIGHEST = 32_000;

/**
 * A port on 127.0.0.1 that nothing listens on at this moment, and that no other process is given as long as this one lives: its server
 * may not have started yet, or may start again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Reserves a number among all tests: an abstract unix socket has one owner, and ends with its process. */
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
