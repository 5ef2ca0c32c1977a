import { createHash } from 'node:crypto';
import * as defaults from '../defaults.ts';

/**
 * How long an instance leaves a fresh file alone that it was not asked for. Alone on the outbox: not at all. With others:
 * first the one that was asked has a moment, then the one the name falls to, then everyone. A double upload is harmless,
 * so this saves work and decides nothing.
 */
export function graceMs(path: string, self: string, others: readonly string[]): number {
  if (others.length === 0) return 0;
  const mine = weight(self, path);
  return others.every((other) => weight(other, path) < mine) ? defaults.PEER_GRACE_MS : defaults.PEER_TURN_MS;
}

/** Rendezvous hashing: everyone who knows the same instances comes to the same order. */
function weight(instance: string, path: string): string {
  return createHash('md5').update(`${instance}\n${path}`).digest('hex');
}
