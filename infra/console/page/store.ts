import { useEffect, useState } from 'preact/hooks';
import type { ConsoleState, TrafficPoint } from '../model.ts';
import { api, untilNewKey } from './api.ts';
import { type ServerEvent, serverEvents } from './server-events.ts';

/** `refused`: the page has no key, or one from before the region was reset. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

/** Everything the page knows; members arrive one by one. */
export interface Store {
  readonly connection: Connection;
  readonly state: Partial<ConsoleState>;
  /** Seconds since 1970 by the server's clock. */
  readonly now: number;
}

const POINTS_KEPT_S = 600;
const RETRY_MS = 1_000;

let store: Store = { connection: 'connecting', state: {}, now: Math.floor(Date.now() / 1000) };
const listeners = new Set<(store: Store) => void>();

function change(next: Partial<Store>): void {
  store = { ...store, ...next };
  for (const listener of listeners) listener(store);
}

/** Renders again whenever something changes. */
export function useStore(): Store {
  const [seen, setSeen] = useState(store);
  useEffect(() => {
    listeners.add(setSeen);
    setSeen(store);
    return () => {
      listeners.delete(setSeen);
    };
  }, []);
  return seen;
}

/** Follows the region for ever, over its restarts. After one, the state comes whole, with what happened meanwhile. */
export async function follow(): Promise<void> {
  for (;;) {
    const answer = await api('events').catch(() => undefined);
    if (answer?.status === 403) {
      change({ connection: 'refused' });
      await untilNewKey();
      continue;
    }
    if (answer?.ok && answer.body !== null) {
      // It ends when the region does, whichever way.
      await take(answer.body).catch(() => undefined);
    }
    change({ connection: 'lost' });
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function take(body: NonNullable<Response['body']>): Promise<void> {
  for await (const event of serverEvents(body)) apply(event);
}

function apply({ name, data }: ServerEvent): void {
  if (name === 'all') change({ connection: 'live', state: JSON.parse(data) as ConsoleState });
  if (name === 'member') {
    const { name: member, value } = JSON.parse(data) as { name: string; value: unknown };
    change({ state: { ...store.state, [member]: value } });
  }
  if (name === 'traffic') {
    const { now, points, swaps } = JSON.parse(data) as { now: number; points: TrafficPoint[]; swaps: number[] };
    const before = store.state.traffic?.points ?? [];
    const kept = [...before, ...points].filter(({ t }) => t > now - POINTS_KEPT_S);
    change({ now, state: { ...store.state, traffic: { points: kept, swaps } } });
  }
}
