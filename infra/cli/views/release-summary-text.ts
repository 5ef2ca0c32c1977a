import { visible } from '../../lib/visible.mjs';
import type { WaitingRows } from '../../release/media/media-state.ts';
import type { ReleaseSummary } from '../../release/summary.ts';
import { shortId } from './history-text.ts';

const LATE_ROW_SECONDS = 60;

/** The lines of `status` about releases. */
export function releaseSummaryText(summary: ReleaseSummary): string {
  const { lastRelease, rollback, inProgress, rows, workers, findings, drift } = summary;
  const lines: string[] = findings === null ? [] : [`health      production: ${findings}`];
  for (const line of drift ?? []) lines.push(`drift       production: ${line}`);
  for (const [slot, found] of Object.entries(rows)) {
    if (found !== null) lines.push(...rowLines(slot, found));
  }
  if (workers?.hasWorkers === true && workers.declared !== workers.version) {
    lines.push(
      `workers     production: those of ${workers.version} do not run, nobody declared it live: ./slipway heal`,
    );
  }
  if (inProgress !== null) lines.push(`releasing   ${inProgress}`);
  if (lastRelease === null) {
    lines.push('releases    none yet');
  } else {
    const { kind, version, outcome, who, startedAt, requests } = lastRelease;
    const lost = requests.sent === 0 ? '' : `, ${requests.lost} of ${requests.sent} requests lost`;
    lines.push(`releases    last: ${kind} of ${version}, ${outcome}, ${startedAt}, by ${who}${lost}`);
  }
  if (rollback !== null) {
    const how = rollback.kind === 'swap' ? 'by a swap, it is still in staging' : 'from its stored package';
    lines.push(`            a rollback returns to ${rollback.version} (entry ${shortId(rollback.entry)}) ${how}`);
  }
  return `${lines.map(visible).join('\n')}\n`;
}

/** A row takes a moment to get to the database; one that takes longer is an image that no listing shows. */
function rowLines(slot: string, { waiting, refused, oldestSeconds = 0 }: WaitingRows): string[] {
  const lines: string[] = [];
  if (oldestSeconds > LATE_ROW_SECONDS) {
    lines.push(
      `rows        ${slot}: ${waiting} images are not in the database, the oldest for ${Math.round(oldestSeconds)} s`,
    );
  }
  if (refused > 0) lines.push(`rows        ${slot}: ${refused} images that the database does not take`);
  return lines;
}
