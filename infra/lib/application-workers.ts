import { asObject, listOf, textOf } from './json.ts';

export interface Ended {
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

/** A worker of the application. A pid is null when it does not run. */
export interface WorkerStatus {
  readonly name: string;
  readonly pid: number | null;
  /** Starts after the first one since its container started. */
  readonly restarts: number;
  readonly lastExit: Ended | null;
}

export interface ScheduleStatus {
  /** Five fields of cron. */
  readonly entry: string;
  readonly pid: number | null;
  /** ISO 8601. */
  readonly lastRun: string | null;
  readonly lastExit: Ended | null;
  readonly lastSkip: Ended | null;
}

export interface ApplicationWorkers {
  readonly workers: readonly WorkerStatus[];
  readonly schedule: readonly ScheduleStatus[];
}

/** What the supervisor of one instance wrote of its workers and its schedule. */
export function parseApplicationWorkers(report: unknown): ApplicationWorkers {
  return {
    workers: listOf(report, 'workers').map((each) => ({
      name: textOf(each, 'name'),
      pid: pidOf(each),
      restarts: Number(asObject(each).restarts ?? 0),
      lastExit: endedOf(each, 'lastExit'),
    })),
    schedule: listOf(report, 'schedule').map((each) => ({
      entry: textOf(each, 'entry'),
      pid: pidOf(each),
      lastRun: textOf(each, 'lastRun') || null,
      lastExit: endedOf(each, 'lastExit'),
      lastSkip: endedOf(each, 'lastSkip'),
    })),
  };
}

function pidOf(value: unknown): number | null {
  const { pid } = asObject(value);
  return typeof pid === 'number' ? pid : null;
}

function endedOf(value: unknown, key: string): Ended | null {
  const [at, reason] = [textOf(value, key, 'at'), textOf(value, key, 'reason')];
  return at === '' ? null : { at, reason };
}
