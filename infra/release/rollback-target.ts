import { SlipError } from '../errors.ts';
import { type HistoryEntry, lastLive, releaseOf, storedVersion } from './history.ts';
import { untilDefined } from './until.ts';
import type { WebSlot } from './web-slot.ts';

/** Right after a swap staging restarts; its package is staged anew only when it stays away. */
const restarting = { limitMs: 2_000, pollMs: 50 };

export interface RollbackTarget {
  readonly entry: HistoryEntry;
  /** `swap`: staging holds it, running. `stage`: its package has to be staged first. */
  readonly kind: 'swap' | 'stage';
}

/**
 * The version that `live` replaced when it was released; so several rollbacks in a row go further and further back.
 * Without an answer from production, history says what is live.
 */
export function versionToReturnTo(history: readonly HistoryEntry[], live: string | undefined): string {
  const version = live ?? lastLive(history)?.version;
  const before = version === undefined ? undefined : releaseOf(history, version)?.from;
  if (before !== undefined) return before;
  throw new SlipError('SLIP-RELEASE-NOTHING-BEFORE', {
    found:
      version === undefined
        ? 'nothing was released yet'
        : `${version} is the first version, or history does not know it`,
    expected: 'a version that was live before it',
    fix: './slipway history lists what there is; --to VERSION takes any of them',
  });
}

/** How to get back to a version. Throws SLIP-RELEASE-UNKNOWN-VERSION when history has none of that name. */
export async function rollbackTarget(
  history: readonly HistoryEntry[],
  version: string,
  staging: WebSlot,
): Promise<RollbackTarget> {
  const entry = storedVersion(history, version);
  if (entry === undefined) {
    throw new SlipError('SLIP-RELEASE-UNKNOWN-VERSION', {
      found: `history has no version ${version} that was live or verified`,
      expected: 'one of those that ./slipway history lists',
      fix: './slipway history',
    });
  }
  const inStaging = await untilDefined(restarting, () => staging.version());
  return { entry, kind: inStaging?.version === version ? 'swap' : 'stage' };
}
