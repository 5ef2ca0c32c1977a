import { useEffect, useState } from 'preact/hooks';
import type { ConsoleState, TrafficPoint } from '../model.ts';

export type Connection = 'connecting' | 'live' | 'lost';

/** Everything the page knows; members arrive one by one. */
export interface Store {
  readonly connection: Connection;
  readonly state: Partial<ConsoleState>;
  /** Seconds since 1970 by the server's clock. */
  readonly now: number;
}

const POINTS_KEPT_S = 600;

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

/** Follows the region; the browser reconnects by itself, also after a restart of the region. */
export function follow(): void {
  const events = new EventSource('/api/events');
  events.addEventListener('open', () => change({ connection: 'live' }));
  events.addEventListener('error', () => {
    change({ connection: 'lost' });
    // After an answer other than 200 a browser does not ask again by itself.
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 2_000);
  });
  events.addEventListener('all', ({ data }) => {
    change({ connection: 'live', state: JSON.parse(data) as ConsoleState });
  });
  events.addEventListener('member', ({ data }) => {
    const { name, value } = JSON.parse(data) as { name: string; value: unknown };
    change({ state: { ...store.state, [name]: value } });
  });
  events.addEventListener('traffic', ({ data }) => {
    const { now, points, swaps } = JSON.parse(data) as { now: number; points: TrafficPoint[]; swaps: number[] };
    const before = store.state.traffic?.points ?? [];
    const kept = [...before, ...points].filter(({ t }) => t > now - POINTS_KEPT_S);
    change({ now, state: { ...store.state, traffic: { points: kept, swaps } } });
  });
}

export interface ActionResult {
  readonly ok: boolean;
  readonly message: string;
}

export async function act(name: string, body: object = {}): Promise<ActionResult> {
  try {
    const answer = await fetch(`/api/actions/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { message = '' } = (await answer.json()) as { message?: string };
    return { ok: answer.ok, message };
  } catch {
    return { ok: false, message: 'The console does not answer. Does the region still run? npm start' };
  }
}

/** Something from `GET /api/…`; undefined when there is none. */
export async function ask<T>(path: string): Promise<T | undefined> {
  const answer = await fetch(`/api/${path}`);
  return answer.ok ? ((await answer.json()) as T) : undefined;
}
