import { InterruptedError } from './interrupt.ts';

/**
 * Aborts at the first Ctrl-C or TERM: a release then ends before its swap, or runs to its end after it. At the second the
 * process ends at once, and the next command heals what it left.
 */
export function releaseSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => controller.abort(new InterruptedError(signal)));
  }
  return controller.signal;
}
