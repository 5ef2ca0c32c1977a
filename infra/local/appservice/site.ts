import { type Clock, systemClock, utc } from '../../lib/clock.ts';
import { messageOf } from '../../lib/error-message.ts';
import type { WorkerId } from '../state/paths.ts';
import * as configure from './configure.ts';
import { type DeploymentRequest, deploy, sweepDeployments } from './deploy.ts';
import { checkInstance, type InstanceHealth } from './health-check.ts';
import { type ReferenceResolver, resolveReferences, type SettingReference } from './key-vault-references.ts';
import { applySlotConfig, resetSlotConfig } from './prepare.ts';
import { recovered, withDefinition } from './recovery.ts';
import { runnerOf, type SiteLimits, type SiteLog, type SiteParts, workerOf } from './site-parts.ts';
import {
  type Deployment,
  initialState,
  type OperationResult,
  type Settings,
  type SiteDefinition,
  type SiteState,
  type StickyNames,
  type StorageMounts,
  type StoredContainer,
  type WebConfig,
} from './site-state.ts';
import { specOf } from './slot-spec.ts';
import { readState, StateStore } from './state-store.ts';
import { beginSwap, routeAsRecorded, runSwap } from './swap.ts';
import { AZURE_WARM_UP } from './warm-up.ts';
import type { Front, SlotName, Worker } from './worker.ts';
import { WorkerRunner } from './worker-runner.ts';

const SLOTS: readonly SlotName[] = ['production', 'staging'];

export const DEFAULT_LIMITS: SiteLimits = { ...AZURE_WARM_UP, inFlightPollMs: 20 };

export interface SiteOptions {
  readonly definition: SiteDefinition;
  readonly workers: Readonly<Record<WorkerId, Worker>>;
  readonly front: Front;
  /** Kept between runs; made when it is not there. */
  readonly stateFile: string;
  readonly resolveReference: ReferenceResolver;
  readonly onSwitched?: () => void | Promise<void>;
  readonly log?: SiteLog;
  readonly limits?: Partial<SiteLimits>;
  readonly clock?: Clock;
}

/** One web app with a production and a staging slot, as App Service keeps it. */
export class Site {
  readonly #parts: SiteParts;
  readonly #resolve: ReferenceResolver;
  readonly #stop: AbortController;
  /** The references resolved last, and the settings they belong to. */
  readonly #references = new Map<SlotName, { settings: Settings; references: readonly SettingReference[] }>();
  #swap: Promise<void> = Promise.resolve();

  private constructor(parts: SiteParts, resolve: ReferenceResolver, stop: AbortController) {
    this.#parts = parts;
    this.#resolve = resolve;
    this.#stop = stop;
  }

  /** Recovers the state of an earlier run, or begins with the definition. Starts nothing. */
  static async open(options: SiteOptions): Promise<Site> {
    const { definition, workers, front, stateFile } = options;
    const clock = options.clock ?? systemClock;
    const before = await readState(stateFile);
    const store = new StateStore(stateFile, before ?? initialState(definition));
    await store.update((state) => withDefinition(recovered(state, utc(clock)), definition));
    const stop = new AbortController();
    const parts: SiteParts = {
      name: definition.name,
      store,
      workers,
      runners: { a: new WorkerRunner(workers.a), b: new WorkerRunner(workers.b) },
      front,
      clock,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      log: options.log ?? (() => undefined),
      onSwitched: options.onSwitched ?? (() => undefined),
      deploying: new Set(),
      stopping: stop.signal,
    };
    return new Site(parts, options.resolveReference, stop);
  }

  /** Routes both slots and starts both workers. Resolves with the slots that did not start; each is logged. */
  async start(): Promise<SlotName[]> {
    await sweepDeployments(Object.values(this.#parts.workers));
    await routeAsRecorded(this.#parts);
    const started = await Promise.allSettled(SLOTS.map((slot) => this.#startSlot(slot)));
    return SLOTS.filter((_, index) => started[index]?.status === 'rejected');
  }

  async #startSlot(slot: SlotName): Promise<void> {
    if (this.state.slots[slot].state === 'Stopped') return;
    try {
      await runnerOf(this.#parts, slot).apply(specOf(this.state, slot), { restart: true, stopLimitSeconds: 0 });
    } catch (error) {
      this.#parts.log({ event: 'start-failed', slot, reason: messageOf(error) });
      throw error;
    }
  }

  /** Stops both workers. A swap under way stays unfinished; the next start recovers it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(Object.values(this.#parts.runners).map((runner) => runner.close()));
    await this.#swap;
  }

  /** Resolves when no restart and no swap is under way. */
  async settled(): Promise<void> {
    await this.#swap;
    await Promise.all(Object.values(this.#parts.runners).map((runner) => runner.settled()));
  }

  get state(): SiteState {
    return this.#parts.store.current;
  }

  get name(): string {
    return this.#parts.name;
  }

  /** The settings the slot runs with: those it is prepared with, if it is. */
  settings(slot: SlotName): Settings {
    return specOf(this.state, slot).settings;
  }

  /** Why the slot's containers could not be started, or undefined. */
  startFailure(slot: SlotName): string | undefined {
    return runnerOf(this.#parts, slot).failure;
  }

  replaceSettings(slot: SlotName, settings: Settings): Promise<void> {
    return configure.replaceSettings(this.#parts, slot, settings);
  }

  replaceStickyNames(names: StickyNames): Promise<void> {
    return configure.replaceStickyNames(this.#parts, names);
  }

  replaceStorageMounts(slot: SlotName, mounts: StorageMounts): Promise<void> {
    return configure.replaceStorageMounts(this.#parts, slot, mounts);
  }

  changeWebConfig(slot: SlotName, web: WebConfig): Promise<void> {
    return configure.changeWebConfig(this.#parts, slot, web);
  }

  putContainer(slot: SlotName, container: StoredContainer): Promise<boolean> {
    return configure.putContainer(this.#parts, slot, container);
  }

  deleteContainer(slot: SlotName, name: string): Promise<boolean> {
    return configure.deleteContainer(this.#parts, slot, name);
  }

  setRunning(slot: SlotName, running: 'Running' | 'Stopped'): Promise<void> {
    return configure.setRunning(this.#parts, slot, running);
  }

  restart(slot: SlotName, options: configure.RestartOptions = {}): Promise<void> {
    return configure.restart(this.#parts, slot, options);
  }

  applySlotConfig(source: SlotName, target: SlotName): Promise<void> {
    return applySlotConfig(this.#parts, source, target);
  }

  resetSlotConfig(slot: SlotName): Promise<void> {
    return resetSlotConfig(this.#parts, slot);
  }

  /** Begins a swap and resolves with its id; `operation` gives its progress. */
  async swap(source: SlotName, target: SlotName): Promise<string> {
    const operation = await beginSwap(this.#parts, source, target);
    this.#swap = runSwap(this.#parts, operation).catch((error) =>
      this.#parts.log({ event: 'swap-left', source, target, reason: messageOf(error) }),
    );
    return operation.id;
  }

  /** 'InProgress', its result, or undefined for an id nobody knows. Waits up to `waitMs` for the result. */
  async operation(id: string, waitMs = 0): Promise<OperationResult | 'InProgress' | undefined> {
    if (this.state.operation?.id === id && waitMs > 0) {
      const enough = new AbortController();
      const timeout = this.#parts.clock.sleep(waitMs, enough.signal).catch(() => undefined);
      await Promise.race([this.#swap, timeout]);
      enough.abort();
    }
    if (this.state.operation?.id === id) return 'InProgress';
    return this.state.results.find((result) => result.id === id);
  }

  /** Resolves when the content is in place and the app was restarted with it. */
  deploy(slot: SlotName, request: DeploymentRequest): Promise<Deployment> {
    return deploy(this.#parts, slot, request);
  }

  deployments(slot: SlotName): readonly Deployment[] {
    return this.state.deployments[this.state.slots[slot].worker];
  }

  health(slot: SlotName): Promise<InstanceHealth> {
    const path = this.state.slots[slot].web.healthCheckPath;
    return checkInstance(workerOf(this.#parts, slot), typeof path === 'string' ? path : undefined, this.#parts.clock);
  }

  /** The Key Vault references of the slot's settings, as they were resolved last. */
  async references(slot: SlotName): Promise<readonly SettingReference[]> {
    const known = this.#references.get(slot);
    return known?.settings === this.settings(slot) ? known.references : this.#resolveReferences(slot);
  }

  /** Resolves them again. The app restarts when one of them has changed. */
  async refreshReferences(slot: SlotName): Promise<readonly SettingReference[]> {
    const before = JSON.stringify(this.#references.get(slot)?.references ?? []);
    const now = await this.#resolveReferences(slot);
    if (before !== '[]' && before !== JSON.stringify(now)) {
      await this.restart(slot);
    }
    return now;
  }

  async #resolveReferences(slot: SlotName): Promise<readonly SettingReference[]> {
    const settings = this.settings(slot);
    const references = await resolveReferences(settings, this.#resolve);
    this.#references.set(slot, { settings, references });
    return references;
  }
}
