import type { SiteState } from '../local/appservice/site-state.ts';
import type { SlotName } from '../local/appservice/worker.ts';
import type { SettingRow, SiteView } from './model.ts';
import { HIDDEN } from './redaction.ts';
import { hidesValue, shortReference } from './system-graph.ts';

const SLOTS: readonly SlotName[] = ['production', 'staging'];
const DEPLOYMENT_STATUS = { 2: 'under way', 3: 'failed', 4: 'done' } as const;

/** The site as the console shows it: the settings of both slots side by side, and where a swap stands. */
export function siteView(state: SiteState): SiteView {
  const { slots, lastSwap, operation, stickyNames, deployments } = state;
  const deployment = (slot: SlotName) => {
    const last = deployments[slots[slot].worker].at(-1);
    return last === undefined ? null : { at: last.receivedUtc, status: DEPLOYMENT_STATUS[last.status] };
  };
  return {
    name: state.seen.name,
    lastSwap:
      lastSwap === undefined
        ? null
        : { at: lastSwap.timestampUtc, from: lastSwap.sourceSlotName, to: lastSwap.destinationSlotName },
    swapping: operation === undefined ? null : { since: operation.createdUtc, phase: operation.phase },
    preparedFor: slots.staging.preparation?.target ?? slots.production.preparation?.target ?? null,
    stopped: SLOTS.filter((slot) => slots[slot].state === 'Stopped'),
    settings: settingRows(slots.production.settings, slots.staging.settings, stickyNames.appSettingNames),
    deployments: { production: deployment('production'), staging: deployment('staging') },
  };
}

/** Those that differ first, then by name. A hidden value is compared before it is hidden. */
export function settingRows(
  production: Readonly<Record<string, string>>,
  staging: Readonly<Record<string, string>>,
  sticky: readonly string[],
): SettingRow[] {
  const names = [...new Set([...Object.keys(production), ...Object.keys(staging)])];
  return names
    .map((name) => ({
      name,
      production: shown(name, production[name]),
      staging: shown(name, staging[name]),
      sticky: sticky.includes(name),
      differs: production[name] !== staging[name],
    }))
    .toSorted((a, b) => Number(b.differs) - Number(a.differs) || (a.name < b.name ? -1 : 1));
}

function shown(name: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  return hidesValue(name, value) ? HIDDEN : shortReference(value);
}
