import { SlipError } from '../../lib/errors.ts';
import { untilDefined, type Waiting } from '../../lib/until.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { RunningVersion, WebSlot } from '../appservice/web-slot.ts';
import type { Configuration, HistoryEntry } from './history.ts';
import { entryBefore, isSame, isStored, originOf } from './lineage.ts';
import type { ProductionState } from './production-state.ts';
import { hasConfiguration, readConfiguration } from './slot-configuration.ts';

/** Fewer digits of an entry's id are not taken for one. */
const SHORTEST_ID = 6;

/** What the live version replaced. Throws SLIP-RELEASE-NOTHING-BEFORE when that is nothing, or not known. */
export function entryToReturnTo(history: readonly HistoryEntry[], live: ProductionState | undefined): HistoryEntry {
  const before = live?.entry === undefined ? undefined : entryBefore(history, live.entry);
  if (before !== undefined) return before;
  throw new SlipError('SLIP-RELEASE-NOTHING-BEFORE', {
    found:
      live === undefined
        ? 'nothing was released yet'
        : `${live.version} is the first version, or history does not know it`,
    expected: 'a version that was live before it',
    fix: './slipway history lists what there is; --to takes any of them',
  });
}

/**
 * The live entry of history while production is down and staging runs it with its configuration: somebody swapped by hand,
 * and one swap brings it back. Undefined otherwise.
 */
export function misplacedEntry(
  live: ProductionState | undefined,
  inStaging: RunningVersion | undefined,
  staged: Configuration | undefined,
): HistoryEntry | undefined {
  if (live?.entry === undefined || live.answers || inStaging?.version !== live.version) return undefined;
  return staged !== undefined && hasConfiguration(staged, live.entry) ? live.entry : undefined;
}

/**
 * The entry that a version or the beginning of an entry's id names. Of a version that was released with several
 * configurations it is the newest that is not live.
 */
export function entryNamed(
  history: readonly HistoryEntry[],
  live: ProductionState | undefined,
  name: string,
): HistoryEntry {
  const stored = history.filter(isStored);
  const versions = stored.filter(({ version }) => version === name);
  const ids = name.length < SHORTEST_ID ? [] : stored.filter(({ id }) => id.startsWith(name));
  const other = versions.findLast((entry) => live?.entry === undefined || !isSame(entry, live.entry));
  const entry = other ?? versions.at(-1) ?? (ids.length === 1 ? ids[0] : undefined);
  if (entry !== undefined) return originOf(history, entry);
  throw new SlipError('SLIP-RELEASE-UNKNOWN-VERSION', {
    found:
      ids.length > 1
        ? `${ids.length} entries of history begin with ${name}`
        : `history has no version or entry ${name} that was live or verified`,
    expected: 'one of those that ./slipway history lists',
    fix: './slipway history',
  });
}

/**
 * `swap`: staging runs the entry's version with its configuration. `stage`: it has to be staged first, also when secrets were
 * rotated since, so that it knows no present token. Right after a swap staging restarts: only when it does not come back is its
 * package staged anew, which takes far longer.
 */
export async function wayTo(
  entry: HistoryEntry,
  staging: WebSlot,
  appService: AppService,
  releaseToken: string,
  restarting: Waiting,
): Promise<'swap' | 'stage'> {
  const running = await untilDefined(restarting, () => staging.version());
  if (running?.version !== entry.version) return 'stage';
  if (!hasConfiguration(await readConfiguration(appService, 'staging'), entry)) return 'stage';
  // The wrong verb: with a token that the slot accepts 405, else 404.
  const { status } = await staging.ask('/_slipway/release/warm', { token: releaseToken });
  return status === 404 ? 'stage' : 'swap';
}
