import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApplicationWorkers, parseApplicationWorkers } from '../../lib/application-workers.ts';
import { parseObject } from '../../lib/json.ts';
import { startTimeOf } from '../../lib/process-facts.mjs';
import { endGroup } from '../processes/region-process.ts';

/** The supervisor writes every 5 s. */
const STALE_MS = 15_000;

/** What the supervisor of an instance said last; nothing when none runs, as in staging. */
export async function readApplicationWorkers(home: string, instance: string, now: number): Promise<ApplicationWorkers> {
  const directory = join(home, 'slipway/workers');
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.json'));
  for (const name of names) {
    const report = parseObject(await readFile(join(directory, name), 'utf8').catch(() => ''));
    const isFresh = now - Number(report.at) * 1000 < STALE_MS;
    if (report.instance !== instance || !isFresh || startTimeOf(Number(report.pid)) === undefined) continue;
    const { workers, schedule } = parseApplicationWorkers(report);
    return { workers: workers.map(alive), schedule: schedule.map(alive) };
  }
  return { workers: [], schedule: [] };
}

/** The version that the slot of a home is declared live with. */
export async function readDeclaration(home: string): Promise<string | null> {
  const text = await readFile(join(home, 'slipway/live'), 'utf8').catch(() => '');
  return text.trim() || null;
}

/** Kills what a container's supervisor runs, and it. On the platform nothing outlives its container; here each is a session of its own. */
export async function endApplicationWorkers(run: string): Promise<void> {
  const supervisor = Number(await readFile(join(run, 'supervisor.pid'), 'utf8').catch(() => ''));
  const line = await readFile(`/proc/${supervisor}/cmdline`, 'utf8').catch(() => '');
  if (supervisor > 1 && line.includes('supervise.php')) await endGroup(supervisor);
  const running = parseObject(await readFile(join(run, 'workers/running.json'), 'utf8').catch(() => ''));
  for (const [pid, started] of Object.entries(running)) {
    const now = startTimeOf(Number(pid));
    // The leader of a group may be gone while its children are not.
    if (Number(pid) > 1 && (now === undefined || now === started)) await endGroup(Number(pid));
  }
}

function alive<T extends { readonly pid: number | null }>(each: T): T {
  return each.pid === null || startTimeOf(each.pid) !== undefined ? each : { ...each, pid: null };
}
