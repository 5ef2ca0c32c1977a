import type { RunningVersion } from '../appservice/web-slot.ts';
import { type Configuration, type HistoryEntry, lastLive } from './history.ts';
import { isStored } from './lineage.ts';
import { hasConfiguration } from './slot-configuration.ts';

/** What production runs: the state of the production slot as the slot and the history have it. */
export interface ProductionState {
  readonly version: string;
  /** The line of history that put it live; undefined when history does not know it. */
  readonly entry: HistoryEntry | undefined;
  /** False when production is down: the version is then the last live one of history. */
  readonly answers: boolean;
}

/**
 * Undefined on an empty region. One version may have been live with several configurations, and somebody may have swapped
 * by hand: the configuration of the slot decides which entry it is.
 */
export function productionStateOf(
  history: readonly HistoryEntry[],
  running: RunningVersion | undefined,
  configuration: Configuration | undefined,
): ProductionState | undefined {
  const last = lastLive(history);
  if (running === undefined) return last && { version: last.version, entry: last, answers: false };
  const stored = history.filter((entry) => isStored(entry) && entry.version === running.version);
  const candidates = [...stored.filter(({ outcome }) => outcome === 'verified'), ...stored.filter(wasLive)];
  const entry =
    candidates.findLast((candidate) => configuration !== undefined && hasConfiguration(configuration, candidate)) ??
    candidates.at(-1);
  return { version: running.version, entry, answers: true };
}

function wasLive({ outcome }: HistoryEntry): boolean {
  return outcome === 'live';
}
