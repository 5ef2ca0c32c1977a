import {
  initialState,
  type OperationResult,
  type SiteDefinition,
  type SiteState,
  type WebConfig,
  withoutOperation,
  withoutPreparation,
  withSlot,
} from './site-state.ts';
import type { SlotName } from './worker.ts';

const SLOTS: readonly SlotName[] = ['production', 'staging'];

/**
 * Makes the state of an interrupted run consistent. Routing stays as recorded. A swap that had not switched is undone and
 * one that had switched is finished; deployments that were under way have failed.
 */
export function recovered(state: SiteState, nowUtc: string): SiteState {
  return withFailedDeployments(withEndedOperation(state, nowUtc), nowUtc);
}

function withEndedOperation(state: SiteState, nowUtc: string): SiteState {
  const { operation } = state;
  if (operation === undefined) return state;
  const ended = { id: operation.id, endedUtc: nowUtc };
  if (operation.phase === 'after') return withoutOperation(state, { ...ended, status: 'Succeeded' });
  const message = `The swap of '${operation.source}' with '${operation.target}' was interrupted before it switched and is undone.`;
  const result: OperationResult = { ...ended, status: 'Failed', error: { status: 409, code: 'Conflict', message } };
  return withoutOperation(withoutPreparation(state, operation.source), result);
}

function withFailedDeployments(state: SiteState, nowUtc: string): SiteState {
  const end = (deployments: SiteState['deployments']['a']): SiteState['deployments']['a'] =>
    deployments.map((deployment) =>
      deployment.status === 2
        ? { ...deployment, status: 3, message: 'The deployment was interrupted.', endedUtc: nowUtc }
        : deployment,
    );
  return { ...state, deployments: { a: end(state.deployments.a), b: end(state.deployments.b) } };
}

/**
 * Applies changes of the program since the state was written, as `pulumi up` does: a part whose definition changed is
 * replaced, and a part whose definition is the same keeps its changes made through ARM. App settings, site containers, mounts,
 * the stack and the startup command belong to releases once they exist, and are never replaced.
 */
export function withDefinition(state: SiteState, definition: SiteDefinition): SiteState {
  if (state.seen.name !== definition.name) return initialState(definition);
  const changed = <T>(before: T, now: T): boolean => JSON.stringify(before) !== JSON.stringify(now);
  let next: SiteState = { ...state, seen: definition };
  if (changed(state.seen.stickyNames, definition.stickyNames)) next = { ...next, stickyNames: definition.stickyNames };
  for (const slot of SLOTS) {
    const web = withStart(definition.slots[slot].web, next.slots[slot].web);
    const before = withStart(state.seen.slots[slot].web, next.slots[slot].web);
    if (changed(before, web)) next = withSlot(next, slot, { web });
  }
  return next;
}

/** `web` with the stack and the startup command of `started`. */
function withStart(web: WebConfig, started: WebConfig): WebConfig {
  const { linuxFxVersion, appCommandLine } = started;
  return { ...web, linuxFxVersion, appCommandLine };
}
