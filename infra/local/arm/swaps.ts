import { ArmError } from '../appservice/arm-error.ts';
import type { SlotName } from '../appservice/worker.ts';
import { type Answer, notFound, ok } from './answer.ts';
import { invalidContent, readJson } from './json-body.ts';
import { siteId } from './plane.ts';
import type { Call, Route } from './route.ts';
import { slotNamed } from './scope.ts';
import { siteBody } from './sites.ts';

/** How long a poll waits for the end of the swap before it answers that the swap still runs. */
const POLL_WAIT_MS = 500;

async function targetOf({ plane, request }: Call): Promise<SlotName> {
  const { targetSlot } = await readJson(request);
  if (typeof targetSlot !== 'string' || targetSlot === '') throw invalidContent("'targetSlot' is missing.");
  return slotNamed(plane, targetSlot);
}

async function swap(call: Call): Promise<Answer> {
  const id = await call.plane.site.swap(call.slot, await targetOf(call));
  return accepted(call, id);
}

/** 202 while it runs, 200 with the site when it is done, the error of a swap that failed. */
async function result(call: Call): Promise<Answer> {
  const id = call.values[0] ?? '';
  const outcome = await call.plane.site.operation(id, POLL_WAIT_MS);
  if (outcome === undefined) throw notFound(`The operation '${id.slice(0, 100)}' was not found.`);
  if (outcome === 'InProgress') return accepted(call, id);
  if (outcome.error !== undefined) {
    throw new ArmError(outcome.error.status, outcome.error.code, outcome.error.message);
  }
  return ok(siteBody(call.plane, call.slot));
}

function accepted({ plane, slot, query }: Call, id: string): Answer {
  const version = encodeURIComponent(query.get('api-version') ?? '');
  const location = `${plane.endpoint}${siteId(plane, slot)}/operationresults/${id}?api-version=${version}`;
  // 0: the poll itself waits. Azure says 15.
  return { status: 202, headers: { location, 'retry-after': '0' } };
}

async function prepare(call: Call): Promise<Answer> {
  await call.plane.site.applySlotConfig(call.slot, await targetOf(call));
  return ok();
}

async function reset({ plane, slot }: Call): Promise<Answer> {
  await plane.site.resetSlotConfig(slot);
  return ok();
}

export const swapRoutes: readonly Route[] = [
  { method: 'POST', pattern: 'slotsswap', handle: swap },
  { method: 'POST', pattern: 'applySlotConfig', handle: prepare },
  { method: 'POST', pattern: 'resetSlotConfig', handle: reset },
  { method: 'GET', pattern: 'operationresults/{}', handle: result },
];
