import type { Finding } from '../../azure/doctor/check.ts';
import { numberIn, type Row } from '../log-analytics.ts';
import { type SIDECAR_METRICS, SIDECARS_QUERY } from '../queries.ts';
import { SLOTS, type SlotName, type Stack } from '../stack.ts';
import { count, note, orFine, problemOf, runbook, type StackCheck } from './stack-check.ts';

const NAME = 'sidecars';
/** As the alert `sidecar-absent` has it. */
const ABSENT_MS = 600_000;
/** As the alert `media-late` has it. */
const LATE_SECONDS = 300;
const LOOK_BACK = 'P2D';
const PAGE = runbook('media-lagging');

export interface SidecarReport {
  readonly slot: string;
  readonly instance: string;
  /** When it last sent anything, ISO. */
  readonly lastAt: string;
  readonly absent: boolean;
  readonly ready: boolean;
  readonly blobUp: boolean;
  readonly pending: number;
  readonly oldestSeconds: number;
  readonly stuck: number;
  readonly conflicts: number;
}

/** What each sidecar reported last to Application Insights, within two days. */
export async function readSidecars({ logs, workspace, now }: Stack): Promise<SidecarReport[]> {
  const rows = await logs.rows((await workspace()).customerId, SIDECARS_QUERY, LOOK_BACK);
  const groups = Map.groupBy(rows, (row) => `${row.Slot} ${row.AppRoleInstance}`);
  return [...groups.values()].map((group) => reportOf(group, now()));
}

function reportOf(rows: readonly Row[], now: Date): SidecarReport {
  const value = (metric: (typeof SIDECAR_METRICS)[number]): number => {
    const row = rows.find(({ Name }) => Name === metric);
    return row === undefined ? 0 : numberIn(row, 'Max');
  };
  const lastAt =
    rows
      .map(({ TimeGenerated }) => String(TimeGenerated))
      .toSorted()
      .at(-1) ?? '';
  return {
    slot: String(rows[0]?.Slot ?? ''),
    instance: String(rows[0]?.AppRoleInstance ?? ''),
    lastAt,
    absent: now.getTime() - Date.parse(lastAt) > ABSENT_MS,
    ready: value('slipway_sidecar_ready') >= 1,
    blobUp: value('slipway_blob_up') >= 1,
    pending: value('slipway_media_pending'),
    oldestSeconds: value('slipway_media_oldest_seconds'),
    stuck: value('slipway_media_stuck'),
    conflicts: value('slipway_media_conflicts'),
  };
}

/** The heartbeat of the sidecars, and what they have in hand. */
export const sidecars: StackCheck = {
  name: NAME,
  role: 'Log Analytics Reader',
  run: async (stack) => {
    const reports = await readSidecars(stack);
    if (reports.length === 0) return [note(NAME, 'none has reported in two days')];
    const findings = SLOTS.flatMap((slot) => {
      // Instances come and go; those of a slot are absent when none is there.
      const ofSlot = reports.filter((report) => report.slot === slot);
      const present = ofSlot.filter(({ absent }) => !absent);
      if (ofSlot.length > 0 && present.length === 0) return [absentFinding(stack, slot, ofSlot)];
      return present.flatMap((report) => problemsOf(stack, slot, report));
    });
    const present = reports.filter(({ absent }) => !absent);
    return orFine(findings, NAME, `${count(present.length, 'sidecar')} ready, nothing waits`);
  },
};

function absentFinding({ name }: Stack, slot: SlotName, reports: readonly SidecarReport[]): Finding {
  const since =
    reports
      .map(({ lastAt }) => lastAt)
      .toSorted()
      .at(-1) ?? '';
  return problemOf(
    NAME,
    `${slot}: no sidecar reports`,
    `./slipway logs --stack ${name} --slot ${slot} --process sidecar; images stay on the disk and are served from there`,
    { urgency: slot === 'production' ? 1 : 3, since, page: PAGE },
  );
}

function problemsOf({ name }: Stack, slot: SlotName, report: SidecarReport): Finding[] {
  const { instance, ready, blobUp, pending, oldestSeconds, stuck, conflicts } = report;
  const who = `${slot} ${instance.slice(0, 8)}`;
  const list = `./slipway media list --stack ${name} says which and why`;
  const log = `./slipway logs --stack ${name} --slot ${slot} --process sidecar`;
  const findings: Finding[] = [];
  if (!ready)
    findings.push(problemOf(NAME, `${who}: not ready`, log, { urgency: slot === 'production' ? 1 : 2, page: PAGE }));
  if (!blobUp)
    findings.push(
      problemOf(NAME, `${who}: Blob is away`, `${log}; nothing is lost, it goes on by itself`, { page: PAGE }),
    );
  if (oldestSeconds > LATE_SECONDS) {
    const late = `${who}: ${count(pending, 'file')} on the way to Blob, the oldest for ${durationOf(oldestSeconds)}`;
    findings.push(problemOf(NAME, late, list, { page: PAGE }));
  }
  if (stuck > 0) findings.push(problemOf(NAME, `${who}: ${count(stuck, 'file')} stuck`, list, { page: PAGE }));
  if (conflicts > 0) findings.push(problemOf(NAME, `${who}: ${count(conflicts, 'conflict')}`, list, { page: PAGE }));
  return findings;
}

function durationOf(seconds: number): string {
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
