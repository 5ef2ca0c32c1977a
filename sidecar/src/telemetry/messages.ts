import type { SpanData } from './span.ts';

/** What crosses the border between the sync and the telemetry thread. */
export type ToThread =
  | { readonly kind: 'spans'; readonly spans: readonly SpanData[]; readonly bytes: number }
  | { readonly kind: 'gauges'; readonly gauges: Readonly<Record<string, number>> }
  | { readonly kind: 'stop' };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sent' | 'lost'; readonly count: number; readonly bytes: number; readonly reason?: string };

export interface ThreadData {
  readonly connectionString: string;
  readonly serviceName: string;
  /** A dimension of every metric: alerts look at one slot each. */
  readonly slot: string;
  readonly instance: string;
  readonly version: string;
  readonly exportMs: number;
}
