import { setTimeout as sleep } from 'node:timers/promises';

export interface Watching {
  readonly probeMs: number;
  readonly failuresUntilLost: number;
  readonly signal: AbortSignal;
  /** Rejects when the storage cannot be reached. */
  readonly reach: () => Promise<void>;
  readonly onLost: () => void;
}

/** Looks again and again whether a mount is there, as App Service does: https://github.com/MicrosoftDocs/azure-docs/pull/310340 */
export async function watchMount({ probeMs, failuresUntilLost, signal, reach, onLost }: Watching): Promise<void> {
  for (let failed = 0; !signal.aborted; ) {
    await sleep(probeMs, undefined, { signal }).catch(() => undefined);
    failed = await reach().then(
      () => 0,
      () => failed + 1,
    );
    if (failed < failuresUntilLost || signal.aborted) continue;
    failed = 0;
    onLost();
  }
}
