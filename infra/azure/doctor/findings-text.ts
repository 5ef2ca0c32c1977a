import { visible } from '../../lib/visible.mjs';
import type { Finding } from './check.ts';

const MARKS = { problem: 'NO', unknown: '??', note: '--', fine: 'ok' } as const;
const ORDER = Object.keys(MARKS);
const DEFAULT_URGENCY = 2;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The findings for a terminal: what is wrong before what could not be asked, the most urgent first, and of equals the one that began last. */
export function findingsText(findings: readonly Finding[], now: Date = new Date()): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return sorted(findings)
    .flatMap(({ check, verdict, found, fix, since, page }) => {
      const began = since === undefined ? '' : `, ${sinceText(since, now)}`;
      const more = (label: string, text: string | undefined): string[] =>
        text === undefined ? [] : [`    ${''.padEnd(width)}  ${label}: ${text}`];
      return [
        `${MARKS[verdict]}  ${check.padEnd(width)}  ${found}${began}`,
        ...more('to do', fix),
        ...more('read', page),
      ];
    })
    .map(visible)
    .join('\n');
}

export function sorted(findings: readonly Finding[]): Finding[] {
  const urgency = (finding: Finding): number => finding.urgency ?? DEFAULT_URGENCY;
  return findings.toSorted(
    (a, b) =>
      ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) ||
      urgency(a) - urgency(b) ||
      (b.since ?? '').localeCompare(a.since ?? ''),
  );
}

/** `since 2026-11-29 02:13 UTC (47 min)`. A time that is none is shown as it came. */
export function sinceText(since: string, now: Date): string {
  const at = Date.parse(since);
  if (Number.isNaN(at)) return `since ${since}`;
  const shown = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `since ${shown} UTC (${durationText(now.getTime() - at)})`;
}

/** `47 min`, `5 h`, `3 d`. */
export function durationText(ms: number): string {
  if (ms < HOUR_MS) return `${Math.max(0, Math.floor(ms / MINUTE_MS))} min`;
  return ms < DAY_MS ? `${Math.floor(ms / HOUR_MS)} h` : `${Math.floor(ms / DAY_MS)} d`;
}
