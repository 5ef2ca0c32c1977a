import { randomUUID } from 'node:crypto';
import { utc } from '../../lib/clock.ts';
import { messageOf } from '../../lib/error-message.ts';
import { ArmError, expectationFailed } from './arm-error.ts';
import { assertNothingPrepared } from './guards.ts';
import { assertCanSwap, prepared, unprepare } from './prepare.ts';
import { runnerOf, type SiteParts, workerOf } from './site-parts.ts';
import { type OperationResult, type SiteState, type SwapOperation, withoutOperation } from './site-state.ts';
import { specOf } from './slot-spec.ts';
import { slotInPlace } from './sticky.ts';
import { becomesWarm } from './warm-up.ts';
import type { SlotName } from './worker.ts';

const STATE_RETRY_MS = 1000;

/** Records that a swap begins, or refuses it. `runSwap` does it. */
export async function beginSwap(parts: SiteParts, source: SlotName, target: SlotName): Promise<SwapOperation> {
  const operation: SwapOperation = {
    id: randomUUID(),
    source,
    target,
    createdUtc: utc(parts.clock),
    phase: 'before',
  };
  await parts.store.update((state) => {
    assertCanSwap(parts, state, source, target);
    if (state.slots[source].preparation?.target !== target) assertNothingPrepared(state);
    return { ...prepared(state, source, target), operation };
  });
  return operation;
}

/**
 * Settings, restart, warm-up, switch, recycle: in App Service's order. A failure before the switch leaves routing as it
 * is and restores the settings of the source. A failure after the switch concerns the old worker only: the swap is done.
 * Rejects only when the site stops; the next start recovers the state.
 */
export async function runSwap(parts: SiteParts, operation: SwapOperation): Promise<void> {
  const { source, target } = operation;
  const started = parts.clock.now();
  try {
    await warm(parts, operation);
    await switchOver(parts, operation);
  } catch (error) {
    parts.stopping.throwIfAborted();
    await recorded(parts, () => unprepare(parts, source));
    await finish(parts, operation, asRefusal(error, parts.name));
    return;
  }
  parts.log({ event: 'slots-switched', source, target, ms: parts.clock.now() - started });
  await recycle(parts, source);
  await finish(parts, operation, undefined);
}

async function warm(parts: SiteParts, { source }: SwapOperation): Promise<void> {
  const { clock, limits, stopping } = parts;
  const spec = specOf(parts.store.current, source);
  await runnerOf(parts, source).apply(spec);
  if (!(await becomesWarm(workerOf(parts, source), spec.settings, limits, clock, stopping))) {
    throw expectationFailed(
      `Cannot swap site slots for site '${parts.name}' because the '${source}' slot did not respond to http ping.`,
    );
  }
}

/** Switches routing, then records it: a crash in between leaves the old routing recorded, and the next start restores it. */
async function switchOver(parts: SiteParts, operation: SwapOperation): Promise<void> {
  const { source, target } = operation;
  parts.stopping.throwIfAborted();
  const was = parts.store.current.slots;
  try {
    await parts.front.route(target, was[source].worker);
    await parts.front.route(source, was[target].worker);
    await parts.store.update((state) => swapped(state, operation, utc(parts.clock)));
  } catch (error) {
    await routeAsRecorded(parts);
    throw error;
  }
  try {
    await parts.onSwitched();
  } catch (error) {
    parts.log({ event: 'switch-not-announced', reason: messageOf(error) });
  }
}

/** Routes both slots to the workers that the state names. A failure is logged and does not keep the other slot from being routed. */
export async function routeAsRecorded(parts: SiteParts): Promise<void> {
  for (const slot of ['production', 'staging'] as const) {
    await parts.front
      .route(slot, parts.store.current.slots[slot].worker)
      .catch((error) => parts.log({ event: 'route-failed', slot, reason: messageOf(error) }));
  }
}

function swapped(state: SiteState, operation: SwapOperation, timestampUtc: string): SiteState {
  const { source, target } = operation;
  const was = state.slots;
  return {
    ...state,
    slots: {
      ...was,
      [target]: slotInPlace(was[source], was[target], state.stickyNames),
      [source]: slotInPlace(was[target], was[source], state.stickyNames),
    },
    operation: { ...operation, phase: 'after' },
    lastSwap: { timestampUtc, sourceSlotName: source, destinationSlotName: target },
  };
}

/**
 * Restarts the worker that gets no new requests any more, with the settings of the slot it is in now. Its requests in
 * flight may finish first, within the time that a stopping container has.
 */
async function recycle(parts: SiteParts, slot: SlotName): Promise<void> {
  const { clock, limits, stopping } = parts;
  const runner = runnerOf(parts, slot);
  const worker = workerOf(parts, slot);
  const deadline = clock.now() + runner.stopLimitSeconds * 1000;
  while (clock.now() < deadline && (await worker.requestsInFlight().catch(() => 0)) > 0) {
    await clock.sleep(Math.min(limits.inFlightPollMs, Math.max(1, deadline - clock.now())), stopping);
  }
  const left = Math.max(0, Math.ceil((deadline - clock.now()) / 1000));
  stopping.throwIfAborted();
  await runner
    .apply(specOf(parts.store.current, slot), { restart: true, stopLimitSeconds: left })
    .catch((error) => parts.log({ event: 'start-failed', slot, reason: messageOf(error) }));
}

async function finish(parts: SiteParts, operation: SwapOperation, refusal: ArmError | undefined): Promise<void> {
  const { id, source, target } = operation;
  const ended = { id, endedUtc: utc(parts.clock) };
  const result: OperationResult =
    refusal === undefined
      ? { ...ended, status: 'Succeeded' }
      : {
          ...ended,
          status: 'Failed',
          error: { status: refusal.status, code: refusal.code, message: refusal.message },
        };
  await recorded(parts, () => parts.store.update((state) => withoutOperation(state, result)));
  parts.log({ event: 'swap-ended', source, target, status: result.status, reason: refusal?.message });
}

/** Retries until the state file can be written: a full disk must not leave the site in a swap for ever. */
async function recorded(parts: SiteParts, write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      parts.log({ event: 'state-not-written', reason: messageOf(error) });
      await parts.clock.sleep(STATE_RETRY_MS, parts.stopping);
    }
  }
}

function asRefusal(error: unknown, site: string): ArmError {
  if (error instanceof ArmError) return error;
  return expectationFailed(`Cannot swap site slots for site '${site}': ${messageOf(error)}`);
}
