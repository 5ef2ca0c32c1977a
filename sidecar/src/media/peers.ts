import { createHash } from 'node:crypto';
import * as defaults from '../defaults.ts';

/**
 * How long an instance leaves a new file to others. A single instance does not wait. Among several, the instance that PHP
 * asked goes first, then the one that the hash of the name selects, then all. A double upload is harmless, so this only
 * saves work.
 */
export function graceMs(path: string, self: string, others: readonly string[]): number {
  if (others.length === 0) return 0;
  const mine = weight(self, path);
  return others.every((other) => weight(other, path) < mine) ? defaults.PEER_GRACE_MS : defaults.PEER_TURN_MS;
}

/** Rendezvous hashing: all that know the same instances compute the same order. */
function weight(instance: string, path: string): string {
  return createHash('md5').update(`${instance}\n${path}`).digest('hex');
}
