import type { RestoreDrillResult } from '../../drill/restore-drill.ts';
import type { TableVerdict } from '../../drill/table-comparison.ts';
import { visible } from '../../lib/visible.mjs';

const VERDICTS: Readonly<Record<TableVerdict, string>> = {
  equal: 'equal',
  different: 'DIFFERENT',
  unproven: 'unproven: written while it was dumped',
};

/** A line per table, one for the media, then how long it took and what a restore would have lost. */
export function drillText({ seconds, database, media, lost }: RestoreDrillResult): string {
  const { tables, dumpBytes, dumpMs, restoreMs } = database;
  const width = Math.max(0, ...tables.map(({ table }) => table.length));
  const lines = tables.map(({ table, rows, checksum, verdict }) =>
    visible(`  ${table.padEnd(width)}  ${rows} rows, checksum ${checksum}: ${VERDICTS[verdict]}`),
  );
  const changed = tables.filter(({ changedSince }) => changedSince).length;
  const different = media.different.length === 0 ? 'every MD5 equal' : `${media.different.length} DIFFERENT`;
  return [
    `MySQL: dumped ${megabytes(dumpBytes)} in ${secondsText(dumpMs)}, restored in ${secondsText(restoreMs)}`,
    ...lines,
    `Media: ${media.files} files (${megabytes(media.bytes)}), snapshots in ${secondsText(media.snapshotMs)}, restored in ${secondsText(media.restoreMs)}: ${different}`,
    ...media.different.map((name) => visible(`  ${name}: DIFFERENT`)),
    `It took ${seconds} s. Lost, because written since the dump and the snapshots: ${lost.rows} rows, ${lost.files} files; tables changed since: ${changed}.`,
  ].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
