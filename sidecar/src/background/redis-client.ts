import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createClient } from 'redis';
import type { Settings } from '../settings.ts';

/** A client that is not connected yet and that leaves reconnecting to its caller. */
export async function redisClient(redis: Settings['redis'], connectTimeout: number) {
  return createClient({
    socket: {
      host: redis.host,
      port: redis.port,
      tls: true,
      ca: await readFile(redis.caFile),
      ...(isIP(redis.host) === 0 ? { servername: redis.host } : {}),
      connectTimeout,
      reconnectStrategy: false,
    },
    password: redis.password,
    disableOfflineQueue: true,
  });
}
