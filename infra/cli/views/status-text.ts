import { visible } from '../../lib/visible.mjs';
import type { RegionStatus, SlotStatus } from '../../local/status.ts';
import { workersText } from './workers-text.ts';

/** A region for a person: a block per slot, then the servers. */
export function statusText(status: RegionStatus): string {
  return [
    ...slotLines('production', status.slots.production),
    ...slotLines('staging', status.slots.staging),
    `servers     ${Object.entries(status.servers)
      .map(([name, pid]) => serverText(name, pid, status.downSince[name as keyof RegionStatus['servers']]))
      .join(', ')}`,
    '',
  ]
    .map(visible)
    .join('\n');
}

function slotLines(name: string, status: SlotStatus): string[] {
  const { deployed, version, schema, since, healthy, instances, media } = status;
  if (!deployed) return [`${name.padEnd(12)}empty: nothing was released to it yet`, ''];
  const state = version === null ? 'no release answers' : `version ${version}, schema ${schema ?? '?'}`;
  const lines = [
    `${name.padEnd(12)}${healthy ? 'healthy' : 'NOT HEALTHY'}, ${state}${since === null ? '' : `, since ${since}`}`,
  ];
  for (const { id, processes, exits, workers, schedule } of instances) {
    const running = Object.entries({
      nginx: processes.nginx,
      'php-fpm': processes.phpFpm,
      sidecar: processes.sidecar,
    }).map(([process, pid]) => `${process} ${pid ?? 'DOWN'}`);
    lines.push(`${' '.repeat(12)}worker ${id}: ${running.join(', ')}`);
    for (const line of workersText({ workers, schedule })) lines.push(`${' '.repeat(12)}${line}`);
    for (const [container, ended] of Object.entries(exits)) {
      const last = ended.at(-1);
      if (last !== undefined) {
        lines.push(`${' '.repeat(12)}${container} ended ${ended.length} times, last at ${last.at}: ${last.reason}`);
      }
    }
  }
  lines.push(`${' '.repeat(12)}${mediaText(media)}`, '');
  return lines;
}

function mediaText(media: SlotStatus['media']): string {
  if (media === null) return 'media: the sidecar does not answer';
  const { pending, oldestSeconds, synced, stuck, conflicts } = media;
  const waiting = pending === 0 ? '0 pending' : `${pending} pending (oldest ${Math.round(oldestSeconds)} s)`;
  const troubled = stuck.slice(0, 5).map(({ name, reason }) => `; stuck: ${name} (${reason})`);
  return `media: ${waiting}, ${synced} synced, ${stuck.length} stuck, ${conflicts.length} conflicts${troubled.join('')}`;
}

function serverText(name: string, pid: number | null, downSince: string | null): string {
  if (pid !== null) return `${name} ${pid}`;
  return `${name} DOWN${downSince === null ? '' : ` since ${downSince}`} (npm start restarts it)`;
}
