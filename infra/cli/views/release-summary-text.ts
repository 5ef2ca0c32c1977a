import { visible } from '../../lib/visible.mjs';
import type { ReleaseSummary } from '../../release/summary.ts';
import { shortId } from './history-text.ts';

/** The lines of `status` about releases. */
export function releaseSummaryText({ lastRelease, rollback, inProgress }: ReleaseSummary): string {
  const lines: string[] = [];
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
