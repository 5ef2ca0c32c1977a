import { createServer } from 'node:net';

/**
 * Below the ranges from which kernels take the local ports of connections (Linux: `ip_local_port_range`, 32768 and up;
 * IANA: 49152 and up). A port from those ranges could be taken while its server restarts.
 */
const LOWEST = 10_240;
const HIGHEST = 32_000;

/** A port on 127.0.0.1 that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
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
