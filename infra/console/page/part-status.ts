import type { ConsoleState, GraphPart } from '../model.ts';
import { toneOf } from './slots.ts';
import type { Tone } from './ui.ts';

/** How a part is, from what the region says of its counterpart. An empty tone: there is nothing that could be well. */
export function statusOf(
  part: GraphPart,
  state: Partial<ConsoleState>,
): { readonly tone: Tone; readonly words: string } {
  const { counterpart, kind } = part;
  const { slots, servers } = state;
  if (kind === '') return { tone: '', words: trafficWords(state) };
  if (slots === undefined || servers === undefined) return { tone: '', words: '…' };
  switch (counterpart) {
    case 'production':
    case 'staging': {
      const tone = toneOf(counterpart, state);
      const words = { ok: 'healthy', warn: 'degraded', bad: 'down', accent: '', '': 'empty' }[tone];
      return { tone, words };
    }
    case 'sidecar-production':
    case 'sidecar-staging': {
      const name = counterpart === 'sidecar-production' ? 'production' : 'staging';
      const isUp = slots[name].instances.some(({ processes }) => processes.sidecar !== null);
      const pending = slots[name].media?.pending ?? 0;
      const words = isUp ? (pending > 0 ? `${pending} pending, ${name}` : name) : `down, ${name}`;
      return { tone: isUp ? 'ok' : 'bad', words };
    }
    case 'mysql':
      return upOrDown(servers.mysql, 'MariaDB');
    case 'redis':
      return upOrDown(servers.redis, 'redis-server');
    case 'blob':
      return upOrDown(servers.blob, 'Azurite');
    case 'vault':
      return { tone: 'ok', words: 'resolved' };
    case 'telemetry':
      return { tone: 'ok', words: 'kept here' };
    case 'none':
      return { tone: '', words: 'on Azure only' };
  }
}

function upOrDown(pid: number | null, words: string): { readonly tone: Tone; readonly words: string } {
  return pid === null ? { tone: 'bad', words: 'down' } : { tone: 'ok', words };
}

function trafficWords({ traffic }: Partial<ConsoleState>): string {
  const last = traffic?.points.at(-1);
  if (last === undefined || last.t < Date.now() / 1000 - 10) return 'no requests';
  return `${last.production[0] + last.staging[0]} requests/s`;
}
