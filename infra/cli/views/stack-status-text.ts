import { durationText, findingsText, sinceText } from '../../azure/doctor/findings-text.ts';
import { parseApplicationWorkers } from '../../lib/application-workers.ts';
import { visible } from '../../lib/visible.mjs';
import type { SidecarReport } from '../../operate/checks/sidecars.ts';
import type { Unasked } from '../../operate/question.ts';
import type { SlotOverview, StackStatus } from '../../operate/stack-status.ts';
import type { ReleaseSummary } from '../../release/summary.ts';
import { releaseSummaryText } from './release-summary-text.ts';
import { workersText } from './workers-text.ts';

const INDENT = ' '.repeat(12);

/** A stack for whoever was woken: what is wrong, then the slots, releases, and what could not be asked. */
export function stackStatusText(status: StackStatus, now: Date): string {
  const { problems, slots, unreleased, unasked } = status;
  const parts = [
    headline(status),
    ...(problems.length === 0 ? [] : [findingsText(problems, now)]),
    '',
    ...slotLines('production', slots.production, now),
    ...workerLines(status.workers ?? null),
    ...slotLines('staging', slots.staging, now),
    ...(unreleased === null ? [] : [`settings    ${unreleasedText(unreleased)}`].map(visible)),
    ...(isSummary(status) ? [releaseSummaryText(withoutFindings(status)).trimEnd()] : []),
    ...unaskedLines(unasked),
  ];
  return `${parts.join('\n')}\n`;
}

function headline({ region, well, problems, unasked }: StackStatus): string {
  const blind = unasked.length === 0 ? '' : `; ${unasked.length} questions without an answer, below`;
  const state = well
    ? 'nothing is wrong'
    : `${problems.length} ${problems.length === 1 ? 'thing is' : 'things are'} wrong`;
  return visible(`${region}: ${well && unasked.length > 0 ? 'nothing is known to be wrong' : state}${blind}`);
}

function slotLines(
  name: string,
  { version, startedAt, instances, sidecars, media }: SlotOverview,
  now: Date,
): string[] {
  const since = startedAt === null || startedAt === '0' ? '' : `, ${sinceText(startedAt, now)}`;
  const ready = instances === null ? '' : `, ${instances.ready} of ${instances.all} instances ready`;
  const lines = [`${name.padEnd(12)}${version === null ? 'no release answers' : `version ${version}`}${since}${ready}`];
  if (sidecars.length > 0)
    lines.push(`${INDENT}sidecars: ${sidecars.map((each) => sidecarText(each, now)).join('; ')}`);
  if (media !== null) {
    const { pending, oldestSeconds, stuck, conflicts } = media;
    const age = pending === 0 ? '' : ` (oldest ${Math.round(oldestSeconds)} s)`;
    lines.push(`${INDENT}media: ${pending} pending${age}, ${stuck.length} stuck, ${conflicts.length} conflicts`);
  }
  return lines.map(visible);
}

function sidecarText({ instance, lastAt, ready, pending }: SidecarReport, now: Date): string {
  const age = durationText(now.getTime() - Date.parse(lastAt));
  return `${instance.slice(0, 8)} ${ready ? 'ready' : 'NOT READY'}, ${pending} pending, heard ${age} ago`;
}

/** An instance of a stack has a long name, of which the beginning tells it from the others. */
function workerLines(workers: ReleaseSummary['workers']): string[] {
  return (workers?.instances ?? []).flatMap((report) => {
    const name = String(report.instance ?? '').slice(0, 8);
    return workersText(parseApplicationWorkers(report)).map((line) => visible(`${INDENT}${name}: ${line}`));
  });
}

function unreleasedText(names: readonly string[]): string {
  return names.length === 0 ? 'as the program wants them' : `the next release changes: ${names.join(', ')}`;
}

function isSummary(status: StackStatus): status is StackStatus & ReleaseSummary {
  return status.rows !== undefined && status.lastRelease !== undefined;
}

/** Health stands above, with what to do. */
function withoutFindings(summary: ReleaseSummary): ReleaseSummary {
  return { ...summary, findings: null };
}

/** Questions that failed for one reason are one line. */
function unaskedLines(unasked: readonly Unasked[]): string[] {
  if (unasked.length === 0) return [];
  const groups = Map.groupBy(unasked, ({ why, fix }) => `${why}\n${fix}`);
  return [
    '',
    ...[...groups.values()].flatMap((group) => {
      const [{ why, fix } = { why: '', fix: '' }] = group;
      const what = [...new Set(group.map((each) => each.what))].join(', ');
      return [visible(`??  not asked: ${what}: ${why}`), visible(`    to do: ${fix}`)];
    }),
  ];
}
