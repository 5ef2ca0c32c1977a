import type { ApplicationWorkers, Ended, ScheduleStatus, WorkerStatus } from '../../lib/application-workers.ts';

/** A line per worker of the application and per entry of its schedule, for one instance. */
export function workersText({ workers, schedule }: ApplicationWorkers): string[] {
  return [...workers.map(workerText), ...schedule.map(scheduleText)];
}

function workerText({ name, pid, restarts, lastExit }: WorkerStatus): string {
  const times = restarts === 0 ? '' : `, restarted ${restarts} times`;
  return `worker ${name}: ${pid ?? 'does not run'}${times}${endedText(lastExit)}`;
}

function scheduleText({ entry, pid, lastRun, lastExit, lastSkip }: ScheduleStatus): string {
  const run = pid === null ? '' : ` runs as ${pid},`;
  const skip = lastSkip === null ? '' : `; skipped at ${lastSkip.at}: ${lastSkip.reason}`;
  return `schedule ${entry}:${run} last run ${lastRun ?? 'never'}${endedText(lastExit)}${skip}`;
}

function endedText(last: Ended | null): string {
  return last === null ? '' : `, ended last at ${last.at}: ${last.reason}`;
}
