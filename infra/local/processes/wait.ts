import { connect } from 'node:net';
import { SlipError } from '../../lib/errors.ts';
import { untilTrue } from '../../lib/until.ts';

const POLL_MS = 25;

/** Polls until `ready` resolves with true. After `limitMs` throws SLIP-LOCAL-NOT-READY, which names `what`. */
export async function waitUntil(what: string, limitMs: number, ready: () => Promise<boolean>): Promise<void> {
  if (await untilTrue({ limitMs, pollMs: POLL_MS }, ready)) return;
  throw new SlipError('SLIP-LOCAL-NOT-READY', {
    found: `${what} did not become ready within ${limitMs / 1000} s`,
    expected: 'it to answer',
    fix: './slipway logs shows what it printed',
  });
}

/** Whether a TCP port of this machine accepts connections. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
