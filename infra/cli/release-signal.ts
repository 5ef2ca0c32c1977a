import { InterruptedError, stopSignals } from './interrupt.ts';

/**
 * Aborts at the first Ctrl-C or TERM: a release then ends before its swap, or runs to its end after it. At the second, which
 * may be another of the signals, the process ends at once with the programs it runs, and the next command heals what it left.
 */
export function releaseSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of stopSignals) {
    process.on(signal, () => {
      const error = new InterruptedError(signal);
      if (controller.signal.aborted) process.exit(error.exitCode);
      controller.abort(error);
    });
  }
  return controller.signal;
}
