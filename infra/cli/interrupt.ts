import { SlipError } from '../lib/errors.ts';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The user, or whoever runs us, asked us to stop. Exits as a shell expects of a signal. */
export class InterruptedError extends SlipError {
  readonly exitCode: number;

  constructor(signal: keyof typeof exitCodes) {
    super('SLIP-CLI-INTERRUPTED', { found: `stopped by ${signal}` });
    this.exitCode = exitCodes[signal];
  }
}

/** Aborts, with an InterruptedError, at the first signal to stop; further ones change nothing, since cleaning up is under way. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    process.on(signal, () => controller.abort(new InterruptedError(signal)));
  }
  return controller.signal;
}
