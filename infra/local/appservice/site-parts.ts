import type { Clock } from '../../lib/clock.ts';
import type { WorkerId } from '../state/paths.ts';
import type { StateStore } from './state-store.ts';
import type { WarmUpLimits } from './warm-up.ts';
import type { Front, SlotName, Worker } from './worker.ts';
import type { WorkerRunner } from './worker-runner.ts';

/** One line of the region's log: what happened to the site. */
export type SiteLog = (event: { readonly event: string; readonly [detail: string]: unknown }) => void;

export interface SiteLimits extends WarmUpLimits {
  /** Milliseconds between two counts of the requests in flight on a worker that gets no new ones. */
  readonly inFlightPollMs: number;
}

/** What the site's operations work with. */
export interface SiteParts {
  readonly name: string;
  readonly store: StateStore;
  readonly workers: Readonly<Record<WorkerId, Worker>>;
  readonly runners: Readonly<Record<WorkerId, WorkerRunner>>;
  readonly front: Front;
  readonly clock: Clock;
  readonly limits: SiteLimits;
  readonly log: SiteLog;
  /** Called after routing has moved and the state holds it. */
  readonly onSwitched: () => void | Promise<void>;
  /** Workers that a deployment is writing to. */
  readonly deploying: Set<WorkerId>;
  /** Aborted when the site stops. */
  readonly stopping: AbortSignal;
}

export const workerOf = (parts: SiteParts, slot: SlotName): Worker =>
  parts.workers[parts.store.current.slots[slot].worker];

export const runnerOf = (parts: SiteParts, slot: SlotName): WorkerRunner =>
  parts.runners[parts.store.current.slots[slot].worker];
