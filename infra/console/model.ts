import type { SlotName } from '../local/appservice/worker.ts';
import type { LogLevel } from '../local/processes/log-line.ts';
import type { RegionStatus } from '../local/status.ts';
import type { DrawnSpan, TraceSummary } from '../local/telemetry/traces.ts';
import type { JournalLine } from '../release/journal.ts';
import type { HistoryEntry } from '../release/store/history.ts';
import type { ReleaseSummary } from '../release/summary.ts';

/** `GET /api/state`, and by member the events of `GET /api/events`. Types that server and page share. */
export interface ConsoleState extends Partial<RegionStatus>, Partial<Omit<ReleaseSummary, 'versions'>> {
  readonly region: 'local';
  readonly urls: { readonly production: string; readonly staging: string; readonly management: string };
  readonly health: Partial<Record<SlotName, SlotHealth>>;
  readonly site: SiteView | null;
  /** The newest first. */
  readonly history: readonly HistoryRow[];
  /** Commands that change the slots, as they report; the newest last. */
  readonly runs: readonly Run[];
  readonly traffic: Traffic;
  readonly load: LoadState | null;
  readonly resources: SystemGraph;
  /** The newest first. */
  readonly images: readonly ImageView[];
}

/** What production answers on one path. */
export interface PathAnswer {
  readonly path: string;
  readonly status: number | null;
  readonly ms: number;
  readonly ok: boolean;
}

/** What `/_slipway/health` of a slot answers. */
export interface SlotHealth {
  readonly status: 'pass' | 'warn' | 'fail' | 'unknown';
  readonly checks: readonly HealthCheck[];
}

export interface HealthCheck {
  readonly name: string;
  readonly status: string;
  readonly text: string;
}

export interface SettingRow {
  readonly name: string;
  readonly production: string | null;
  readonly staging: string | null;
  readonly sticky: boolean;
  readonly differs: boolean;
}

export interface SiteView {
  readonly name: string;
  readonly lastSwap: { readonly at: string; readonly from: string; readonly to: string } | null;
  /** A swap that is under way. */
  readonly swapping: { readonly since: string; readonly phase: 'before' | 'after' } | null;
  readonly preparedFor: SlotName | null;
  readonly stopped: readonly SlotName[];
  readonly settings: readonly SettingRow[];
  readonly deployments: Readonly<Record<SlotName, { readonly at: string; readonly status: string } | null>>;
}

export type HistoryRow = Omit<HistoryEntry, 'settings' | 'siteContainers' | 'smoke' | 'provides' | 'sha256'>;

export interface Run {
  readonly id: string;
  readonly command: string;
  readonly who: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly steps: readonly RunStep[];
  readonly notices: readonly string[];
  readonly outcome: string | null;
  readonly version: string | null;
  readonly error: Extract<JournalLine, { error: unknown }>['error'] | null;
}

export interface RunStep {
  readonly name: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: string;
  readonly ms: number | null;
  readonly note: string;
  readonly code: string | null;
  readonly gates: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly ms: number;
    readonly code: string | null;
  }[];
}

/** One second of a slot's requests: how many, how many of them got 5xx, percentiles in milliseconds. */
export type SecondOfSlot = readonly [requests: number, errors: number, p50: number, p99: number];

export interface TrafficPoint {
  /** Seconds since 1970. */
  readonly t: number;
  readonly production: SecondOfSlot;
  readonly staging: SecondOfSlot;
}

export interface Traffic {
  readonly points: readonly TrafficPoint[];
  /** Seconds since 1970. */
  readonly swaps: readonly number[];
}

export interface LoadState {
  readonly rate: number;
  readonly seconds: number;
  readonly path: string;
  readonly endsAt: string;
  readonly sent: number;
  readonly failed: number;
  readonly running: boolean;
}

/** What of the region stands for a part of the system; `none`: it exists on Azure only. */
export type Counterpart =
  | SlotName
  | 'sidecar-production'
  | 'sidecar-staging'
  | 'mysql'
  | 'redis'
  | 'blob'
  | 'vault'
  | 'telemetry'
  | 'none';

export interface GraphPart {
  readonly urn: string;
  readonly label: string;
  /** What it is on Azure. */
  readonly kind: string;
  readonly place: string;
  readonly counterpart: Counterpart;
}

export interface SystemGraph {
  readonly stage: string;
  readonly parts: readonly GraphPart[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly why: readonly string[] }[];
  /** Kinds of resources that have no counterpart here, and how many. */
  readonly azureOnly: readonly { readonly label: string; readonly count: number; readonly urns: readonly string[] }[];
}

export interface ResourceView {
  readonly urn: string;
  readonly name: string;
  readonly kind: string;
  readonly azureName: string;
  readonly kept: readonly string[];
  /** Paths and values; secret ones hidden. */
  readonly inputs: readonly (readonly [path: string, value: string])[];
}

export interface ImageView {
  readonly name: string;
  readonly slot: SlotName;
  readonly worker: string;
  readonly bytes: number;
  readonly at: string;
  readonly state: 'pending' | 'in Blob';
}

/** A trace as a list shows it; `slot` is the one that its worker serves now. */
export interface TraceRow extends TraceSummary {
  readonly slot: SlotName;
}

export interface TraceView {
  readonly id: string;
  readonly spans: readonly DrawnSpan[];
  readonly logs: readonly LogRow[];
}

export interface LogRow {
  readonly process: string;
  /** Milliseconds since 1970; null when neither the line nor one before it names a time. */
  readonly at: number | null;
  readonly level: LogLevel;
  readonly message: string;
  readonly trace: string;
}

export interface LogList {
  readonly rows: readonly LogRow[];
  /** Of all processes that have a log. */
  readonly processes: readonly string[];
}
