import type { Finding } from '../../azure/doctor/check.ts';
import type { SlotName, Stack } from '../stack.ts';
import { DOES_NOT_START, ofEachSlot, orFine, problemOf } from './stack-check.ts';

/** Whether App Service runs the site at all. */
export const siteState = ofEachSlot('site', 'Reader', async (stack, slot, check) => {
  const { state, availability, usage, operation } = await stack.slots.state(slot);
  const urgency = urgencyOf(slot);
  const findings: Finding[] = [];
  if (state !== 'Running') {
    const fix = `az webapp start ${azNames(stack, slot)}`;
    findings.push(problemOf(check, `App Service has it as ${state || 'unknown'}`, fix, { urgency }));
  }
  if (availability !== 'Normal' && availability !== '') {
    const fix = 'App Service restricts it: https://azure.status.microsoft, then a support request';
    findings.push(problemOf(check, `its availability is ${availability}`, fix, { urgency }));
  }
  if (usage === 'Exceeded') {
    const fix = 'the plan has nothing left for it: a larger slipway:plan.sku, or more instances';
    findings.push(problemOf(check, 'a quota of it is exceeded', fix, { urgency }));
  }
  return orFine(findings, check, operation === '' ? 'runs' : 'runs, and Azure works on it now, as during a swap');
});

/** App Service pings each instance; one that does not run serves nobody. */
export const instances = ofEachSlot('instances', 'Reader', async (stack, slot, check) => {
  const found = await stack.slots.instances(slot);
  const logs = `./slipway logs --stack ${stack.name} --slot ${slot} shows why`;
  if (found.length === 0) {
    const { state } = await stack.slots.state(slot);
    if (state !== 'Running') return [];
    return [problemOf(check, 'none runs', logs, { urgency: urgencyOf(slot), page: DOES_NOT_START })];
  }
  const down = found.filter(({ state }) => state !== 'READY');
  const urgency = down.length === found.length ? urgencyOf(slot) : 2;
  return orFine(
    down.map(({ id, state }) =>
      problemOf(check, `container does not run: ${id.slice(0, 8)} is ${state || 'unknown'}`, logs, {
        urgency,
        page: DOES_NOT_START,
      }),
    ),
    check,
    `${found.length} of ${found.length} ready`,
  );
});

export function urgencyOf(slot: SlotName): 1 | 2 {
  return slot === 'production' ? 1 : 2;
}

/** How the Azure CLI names a slot. */
export function azNames({ target: { site } }: Pick<Stack, 'target'>, slot: SlotName): string {
  const names = `--resource-group ${site.resourceGroup} --name ${site.app}`;
  return slot === 'production' ? names : `${names} --slot ${site.slot}`;
}
