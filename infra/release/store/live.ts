import type { RunningVersion } from '../appservice/web-slot.ts';
import { type Configuration, type HistoryEntry, lastLive } from './history.ts';
import { isStored } from './lineage.ts';
import { hasConfiguration } from './slot-configuration.ts';

/** What production runs. */
export interface Live {
  readonly version: string;
  /** How it came there; undefined when history does not know it. */
  readonly entry: HistoryEntry | undefined;
  /** False when production is down: then history says what it would run. */
  readonly answers: boolean;
}

/**
 * Undefined on an empty region. One version may have been live with several configurations, and somebody may have swapped
 * by hand: what production has now tells which entry it is.
 */
export function liveOf(
  history: readonly HistoryEntry[],
  running: RunningVersion | undefined,
  configuration: Configuration | undefined,
): Live | undefined {
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
