import { visible } from '../../lib/visible.mjs';
import type { HistoryEntry } from '../../release/store/history.ts';

/** History for a person, newest first. */
export function historyText(entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return 'nothing was released yet';
  const rows = entries.map((entry) =>
    [
      shortId(entry.id),
      entry.startedAt.replace('T', ' ').slice(0, 19),
      entry.kind,
      entry.version,
      entry.outcome,
      `${(entry.ms / 1000).toFixed(1)} s`,
      entry.requests.sent === 0 ? '-' : `${entry.requests.lost}/${entry.requests.sent}`,
      entry.who,
      entry.error?.code ?? (entry.source === undefined ? '' : describeSource(entry.source)),
    ].map(visible),
  );
  const head = ['entry', 'when (UTC)', 'what', 'version', 'outcome', 'took', 'lost', 'who', ''];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Enough to name an entry with `rollback --to`. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

function describeSource({ commit, dirty }: NonNullable<HistoryEntry['source']>): string {
  return `${commit.slice(0, 10)}${dirty ? ' and uncommitted changes' : ''}`;
}
