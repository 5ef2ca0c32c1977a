import { messageOf } from '../../lib/error-message.ts';
import { badRequest } from './arm-error.ts';
import { assertChangeable, assertIdle, assertNothingPrepared } from './guards.ts';
import { runnerOf, type SiteParts } from './site-parts.ts';
import {
  type Settings,
  type SiteState,
  type StickyNames,
  type StorageMounts,
  type StoredContainer,
  type WebConfig,
  withSlot,
} from './site-state.ts';
import { specOf } from './slot-spec.ts';
import type { SlotName } from './worker.ts';

/**
 * Changes of configuration. Each is refused while a swap runs and on a prepared slot; each restarts the app when it
 * changes what the app is started with, unwarmed and without waiting, as App Service does.
 */
export async function replaceSettings(parts: SiteParts, slot: SlotName, settings: Settings): Promise<void> {
  await change(parts, slot, (state) => withSlot(state, slot, { settings }));
}

export async function replaceStorageMounts(parts: SiteParts, slot: SlotName, mounts: StorageMounts): Promise<void> {
  await change(parts, slot, (state) => withSlot(state, slot, { storageMounts: mounts }));
}

/** True when the container is new. */
export async function putContainer(parts: SiteParts, slot: SlotName, container: StoredContainer): Promise<boolean> {
  let isNew = false;
  await change(parts, slot, (state) => {
    const others = state.slots[slot].siteContainers.filter(({ name }) => name !== container.name);
    isNew = others.length === state.slots[slot].siteContainers.length;
    return withSlot(state, slot, { siteContainers: [...others, container] });
  });
  return isNew;
}

/** False when there was none of that name. */
export async function deleteContainer(parts: SiteParts, slot: SlotName, name: string): Promise<boolean> {
  let existed = false;
  await change(parts, slot, (state) => {
    const others = state.slots[slot].siteContainers.filter((container) => container.name !== name);
    existed = others.length < state.slots[slot].siteContainers.length;
    return withSlot(state, slot, { siteContainers: others });
  });
  return existed;
}

/** Merges `web` into what is there. Any change of it restarts the app, of the health check's path too. */
export async function changeWebConfig(parts: SiteParts, slot: SlotName, web: WebConfig): Promise<void> {
  if (typeof web.autoSwapSlotName === 'string' && web.autoSwapSlotName !== '') {
    throw badRequest('Auto swap is not supported for apps on Linux: autoSwapSlotName cannot be set.');
  }
  let differs = false;
  await change(
    parts,
    slot,
    (state) => {
      const before = state.slots[slot].web;
      const next = { ...before, ...web };
      differs = JSON.stringify(before) !== JSON.stringify(next);
      return withSlot(state, slot, { web: next });
    },
    () => differs,
  );
}

/** The list is replaced whole. It restarts nothing: it only says what the next swap leaves in place. */
export async function replaceStickyNames(parts: SiteParts, names: StickyNames): Promise<void> {
  await parts.store.update((state) => {
    assertIdle(state, parts.name);
    assertNothingPrepared(state);
    return { ...state, stickyNames: names };
  });
}

export async function setRunning(parts: SiteParts, slot: SlotName, running: 'Running' | 'Stopped'): Promise<void> {
  const next = await parts.store.update((state) => {
    assertIdle(state, parts.name);
    return withSlot(state, slot, { state: running });
  });
  const runner = runnerOf(parts, slot);
  await logged(parts, slot, running === 'Running' ? runner.apply(specOf(next, slot)) : runner.stop());
}

export interface RestartOptions {
  /** Only when the app does not run with the settings it has. */
  readonly onlyIfNeeded?: boolean;
  /** Resolve when the containers are spawned again; otherwise at once. */
  readonly wait?: boolean;
}

/** A stopped slot stays stopped. */
export async function restart(parts: SiteParts, slot: SlotName, options: RestartOptions): Promise<void> {
  const state = parts.store.current;
  assertIdle(state, parts.name);
  if (state.slots[slot].state === 'Stopped') return;
  const restarted = runnerOf(parts, slot).apply(specOf(state, slot), { restart: options.onlyIfNeeded !== true });
  const done = logged(parts, slot, restarted);
  if (options.wait === true) await done;
}

async function change(
  parts: SiteParts,
  slot: SlotName,
  apply: (state: SiteState) => SiteState,
  mustRestart: () => boolean = () => false,
): Promise<void> {
  const next = await parts.store.update((state) => {
    assertChangeable(state, parts.name, slot);
    return apply(state);
  });
  if (next.slots[slot].state === 'Stopped') return;
  void logged(parts, slot, runnerOf(parts, slot).apply(specOf(next, slot), { restart: mustRestart() }));
}

/** A failed start is logged: it does not fail the request that restarted the app. */
async function logged(parts: SiteParts, slot: SlotName, work: Promise<void>): Promise<void> {
  await work.catch((error) => parts.log({ event: 'start-failed', slot, reason: messageOf(error) }));
}
