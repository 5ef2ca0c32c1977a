import { conflict } from './arm-error.ts';
import type { SiteState } from './site-state.ts';
import type { SlotName } from './worker.ts';

/** The message of App Service, so that a search for it finds the reports of others. */
const PREPARED = 'The slot cannot be changed because its configuration settings have been prepared for swap.';

export function assertIdle(state: SiteState, site: string): void {
  const operation = state.operation;
  if (operation === undefined) return;
  throw conflict(
    `Cannot modify this site because another operation is in progress. Details: Id: ${operation.id}, ` +
      `OperationName: SwapSiteSlots, CreatedTime: ${operation.createdUtc}, SiteName: ${site}, SlotName: ${operation.source}`,
  );
}

/** Refuses a change of configuration while a swap runs, and on a slot that is prepared for one. */
export function assertChangeable(state: SiteState, site: string, slot: SlotName): void {
  assertIdle(state, site);
  if (state.slots[slot].preparation !== undefined) throw conflict(PREPARED);
}

export function assertNothingPrepared(state: SiteState): void {
  const prepared = Object.values(state.slots).some((slot) => slot.preparation !== undefined);
  if (prepared) throw conflict(PREPARED);
}
