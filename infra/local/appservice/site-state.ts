import type { WorkerId } from '../state/paths.ts';
import type { SlotName, StorageMount } from './worker.ts';

export type Settings = Readonly<Record<string, string>>;
export type WebConfig = Readonly<Record<string, unknown>>;
export type StorageMounts = Readonly<Record<string, StorageMount>>;

/** A site container as it was put: `properties` is ARM's body, kept whole. */
export interface StoredContainer {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** `slotConfigNames`: what stays with a slot when everything else moves. */
export interface StickyNames {
  readonly appSettingNames: readonly string[];
  readonly connectionStringNames: readonly string[];
  readonly azureStorageConfigNames: readonly string[];
}

export interface SlotDefinition {
  readonly settings: Settings;
  readonly siteContainers: readonly StoredContainer[];
  readonly storageMounts: StorageMounts;
  /** `config/web`: appCommandLine, linuxFxVersion, healthCheckPath, alwaysOn, … */
  readonly web: WebConfig;
  /** ARM's `identity` and other properties of the site that never move; shown as they are. */
  readonly identity?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What the program says the web app is. */
export interface SiteDefinition {
  readonly name: string;
  readonly location: string;
  readonly stickyNames: StickyNames;
  readonly slots: Readonly<Record<SlotName, SlotDefinition>>;
}

/** `applySlotConfig` was called: the slot runs with `settings`, and refuses changes until the swap or a reset. */
export interface Preparation {
  readonly target: SlotName;
  readonly settings: Settings;
}

export interface SlotState {
  readonly worker: WorkerId;
  readonly state: 'Running' | 'Stopped';
  readonly settings: Settings;
  readonly siteContainers: readonly StoredContainer[];
  readonly storageMounts: StorageMounts;
  readonly web: WebConfig;
  readonly preparation?: Preparation;
}

/** `before`: routing is as recorded here; `after`: routing has moved and the old worker is being recycled. */
export interface SwapOperation {
  readonly id: string;
  readonly source: SlotName;
  readonly target: SlotName;
  readonly createdUtc: string;
  readonly phase: 'before' | 'after';
}

export interface OperationResult {
  readonly id: string;
  readonly status: 'Succeeded' | 'Failed';
  readonly endedUtc: string;
  readonly error?: { readonly status: number; readonly code: string; readonly message: string };
}

export interface LastSwap {
  readonly timestampUtc: string;
  readonly sourceSlotName: SlotName;
  readonly destinationSlotName: SlotName;
}

/** Kudu's numbers: 3 failed, 4 succeeded, 2 deploying. */
export interface Deployment {
  readonly id: string;
  readonly status: 2 | 3 | 4;
  readonly message: string;
  readonly receivedUtc: string;
  readonly endedUtc?: string;
}

export interface SiteState {
  readonly format: 1;
  readonly stickyNames: StickyNames;
  readonly slots: Readonly<Record<SlotName, SlotState>>;
  readonly operation?: SwapOperation;
  /** The newest last. */
  readonly results: readonly OperationResult[];
  readonly lastSwap?: LastSwap;
  /** Content belongs to the worker, so its history moves with it at a swap. The newest last. */
  readonly deployments: Readonly<Record<WorkerId, readonly Deployment[]>>;
  /** The last definition, which distinguishes a change in the program from a change made through ARM. */
  readonly seen: SiteDefinition;
}

export const RESULTS_KEPT = 20;
export const DEPLOYMENTS_KEPT = 20;

export function initialState(definition: SiteDefinition): SiteState {
  const slot = (name: SlotName, worker: WorkerId): SlotState => {
    const { settings, siteContainers, storageMounts, web } = definition.slots[name];
    return { worker, state: 'Running', settings, siteContainers, storageMounts, web };
  };
  return {
    format: 1,
    stickyNames: definition.stickyNames,
    slots: { production: slot('production', 'a'), staging: slot('staging', 'b') },
    results: [],
    deployments: { a: [], b: [] },
    seen: definition,
  };
}

export function withSlot(state: SiteState, slot: SlotName, change: Partial<SlotState>): SiteState {
  return { ...state, slots: { ...state.slots, [slot]: { ...state.slots[slot], ...change } } };
}

export function withoutPreparation(state: SiteState, slot: SlotName): SiteState {
  const { preparation: _, ...rest } = state.slots[slot];
  return { ...state, slots: { ...state.slots, [slot]: rest } };
}

export function slotOfWorker(state: SiteState, worker: WorkerId): SlotName {
  return state.slots.production.worker === worker ? 'production' : 'staging';
}

export function withoutOperation(state: SiteState, result: OperationResult): SiteState {
  const { operation: _, ...rest } = state;
  return { ...rest, results: [...state.results, result].slice(-RESULTS_KEPT) };
}
