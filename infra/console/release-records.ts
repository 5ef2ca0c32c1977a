import type { HistoryEntry } from '../release/store/history.ts';
import type { ReleaseSummary } from '../release/summary.ts';
import type { HistoryRow } from './model.ts';

const HISTORY_SHOWN = 100;

/** What a reading gave; a member that could not be read is undefined. */
export interface Records {
  readonly history: readonly HistoryRow[] | undefined;
  readonly summary: Omit<ReleaseSummary, 'versions'> | undefined;
}

/** A path, and the statuses that say that all is well. */
export interface AskedPath {
  readonly path: string;
  readonly ok: readonly number[];
  /** Asked with the token of the cache routes. */
  readonly isCache: boolean;
}

const ALWAYS: readonly AskedPath[] = [
  { path: '/_slipway/live', ok: [200], isCache: false },
  { path: '/_slipway/health', ok: [200], isCache: false },
];

/** History and what a rollback would do, from where releases keep them. The clients for it are loaded at the first reading. */
export class ReleaseRecords {
  readonly #stateDir: string;

  #asked: readonly AskedPath[] = ALWAYS;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  /** What an application that is well answers: its own smoke requests, and those that every package answers. */
  get asked(): readonly AskedPath[] {
    return this.#asked;
  }

  async read(): Promise<Records> {
    const [{ openTarget }, { History, lastLive }, { sealForLooking }, { summarizeReleases }] = await Promise.all([
      import('../release/target/open-target.ts'),
      import('../release/store/history.ts'),
      import('../release/store/seal.ts'),
      import('../release/summary.ts'),
    ]);
    // Opened anew each time: a restart of the region may have changed ports.
    const target = await openTarget({ stateDir: this.#stateDir });
    const history = new History(target.releases, target.stack, await sealForLooking(target));
    const [entries, summary] = await Promise.allSettled([history.read(), summarizeReleases(target)]);
    if (entries.status === 'fulfilled') this.#asked = askedOf(lastLive(entries.value));
    return {
      history: entries.status === 'fulfilled' ? entries.value.slice(-HISTORY_SHOWN).reverse().map(rowOf) : undefined,
      summary: summary.status === 'fulfilled' ? withoutVersions(summary.value) : undefined,
    };
  }
}

function askedOf(live: HistoryEntry | undefined): readonly AskedPath[] {
  if (live === undefined) return ALWAYS;
  const smoke = live.smoke.map((request) =>
    typeof request === 'string'
      ? { path: request, ok: [200], isCache: false }
      : { path: request.path, ok: [request.status ?? 200], isCache: false },
  );
  // A key that nobody has put: the cache says so when it is there.
  const cache = live.provides?.cache;
  const asked = cache === undefined ? [] : [{ path: `${cache}console`, ok: [200, 404], isCache: true }];
  return [...smoke, ...asked, ...ALWAYS];
}

function rowOf(
  entry: HistoryRow & Partial<Record<'settings' | 'siteContainers' | 'smoke' | 'provides' | 'sha256', unknown>>,
): HistoryRow {
  const { settings: _, siteContainers: __, smoke: ___, provides: ____, sha256: _____, ...row } = entry;
  return row;
}

function withoutVersions({ versions: _, ...summary }: ReleaseSummary): Omit<ReleaseSummary, 'versions'> {
  return summary;
}
