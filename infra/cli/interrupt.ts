import { SlipError } from '../lib/errors.ts';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof exitCodes;
export const stopSignals = Object.keys(exitCodes) as readonly StopSignal[];

/** The user, or whoever runs us, asked us to stop. Exits as a shell expects of a signal. */
export class InterruptedError extends SlipError {
  readonly exitCode: number;

  constructor(signal: StopSignal) {
    super('SLIP-CLI-INTERRUPTED', { found: `stopped by ${signal}` });
    this.exitCode = exitCodes[signal];
  }
}

/** Aborts, with an InterruptedError, at the first signal to stop; further ones change nothing, since cleaning up is under way. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of stopSignals) process.on(signal, () => controller.abort(new InterruptedError(signal)));
  return controller.signal;
}

/**
 * Ends a command that has nothing to clean up, at any of the signals alike: by way of `exit`, so that the programs that it
 * runs end with it. A signal's own default would leave them running. A command that handles signals itself is left to it.
 */
export function endAtSignals(): void {
  for (const signal of stopSignals) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(exitCodes[signal]);
    });
  }
}
