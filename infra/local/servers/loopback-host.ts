import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** Whether a request names this machine. A page in a browser that points a name of its own at 127.0.0.1 does not. */
export function isForLoopback({ headers }: IncomingMessage): boolean {
  return LOOPBACK.test(headers.host ?? '');
}
