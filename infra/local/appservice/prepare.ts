import { messageOf } from '../../lib/error-message.ts';
import { badRequest, conflict, expectationFailed } from './arm-error.ts';
import { assertIdle, assertNothingPrepared } from './guards.ts';
import { runnerOf, type SiteParts } from './site-parts.ts';
import { type SiteState, withoutPreparation, withSlot } from './site-state.ts';
import { specOf } from './slot-spec.ts';
import { settingsInPlace } from './sticky.ts';
import type { SlotName } from './worker.ts';

/** `source` as it is once the target's sticky settings are applied to it. */
export function prepared(state: SiteState, source: SlotName, target: SlotName): SiteState {
  const settings = settingsInPlace(state.slots[source].settings, state.slots[target].settings, state.stickyNames);
  return withSlot(state, source, { preparation: { target, settings } });
}

export function assertCanSwap(parts: SiteParts, state: SiteState, source: SlotName, target: SlotName): void {
  if (source === target) throw badRequest(`The source and the target slot are the same: '${source}'.`);
  assertIdle(state, parts.name);
  for (const slot of [source, target]) {
    const { state: running, worker } = state.slots[slot];
    if (running === 'Stopped') {
      throw conflict(`Cannot swap site slots for site '${parts.name}' because the '${slot}' slot is stopped.`);
    }
    if (parts.deploying.has(worker)) {
      throw conflict(`Cannot modify this site because a deployment to the '${slot}' slot is in progress.`);
    }
  }
}

/** The first phase of a swap alone: the source restarts with the target's sticky settings. */
export async function applySlotConfig(parts: SiteParts, source: SlotName, target: SlotName): Promise<void> {
  const next = await parts.store.update((state) => {
    assertCanSwap(parts, state, source, target);
    assertNothingPrepared(state);
    return prepared(state, source, target);
  });
  parts.log({ event: 'slot-prepared', source, target });
  try {
    await runnerOf(parts, source).apply(specOf(next, source));
  } catch (error) {
    await unprepare(parts, source);
    throw expectationFailed(
      `Cannot apply the configuration of '${target}' to the '${source}' slot of site '${parts.name}' because it did not ` +
        `start: ${messageOf(error)}`,
    );
  }
}

/** Undoes `applySlotConfig`; does nothing on a slot that is not prepared. */
export async function resetSlotConfig(parts: SiteParts, slot: SlotName): Promise<void> {
  if (parts.store.current.slots[slot].preparation === undefined) return assertIdle(parts.store.current, parts.name);
  await unprepare(parts, slot, (state) => assertIdle(state, parts.name));
}

/** Restores the settings of the slot and restarts it. A failed start is logged and does not fail the call. */
export async function unprepare(
  parts: SiteParts,
  slot: SlotName,
  assertAllowed: (state: SiteState) => void = () => undefined,
): Promise<void> {
  const next = await parts.store.update((state) => {
    assertAllowed(state);
    return withoutPreparation(state, slot);
  });
  parts.log({ event: 'slot-reset', slot });
  await runnerOf(parts, slot)
    .apply(specOf(next, slot))
    .catch((error) => parts.log({ event: 'start-failed', slot, reason: messageOf(error) }));
}
