import type { Finding } from '../../azure/doctor/check.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { listOf, textOf } from '../../lib/json.ts';
import { orFine, problemOf, runbook, type StackCheck } from './stack-check.ts';

const NAME = 'Azure services';

/** What Azure says of its own services: MySQL, Redis, Blob, the app, Front Door. */
export const resourceHealth: StackCheck = {
  name: NAME,
  role: 'Reader',
  run: async ({ arm, groupId }) => {
    const path = `${groupId}/providers/Microsoft.ResourceHealth/availabilityStatuses`;
    const found = await arm.list(path, AZURE_API.resourceHealth);
    const down = found.filter((status) => ['Unavailable', 'Degraded'].includes(stateOf(status)));
    return orFine(down.map(asFinding), NAME, `${found.length} services say that they are available`);
  },
};

function asFinding(status: unknown): Finding {
  const text = (member: string): string => textOf(status, 'properties', member);
  const [action] = listOf(status, 'properties', 'recommendedActions').map((each) => textOf(each, 'action'));
  const eta = text('resolutionETA');
  const fix = [
    action ?? 'nothing that you can do fixes it: see https://azure.status.microsoft',
    ...(eta === '' ? [] : [`Azure expects the end at ${eta}`]),
  ].join('; ');
  return problemOf(NAME, `${resourceOf(status)} is ${stateOf(status)}: ${text('summary') || text('title')}`, fix, {
    urgency: stateOf(status) === 'Unavailable' ? 1 : 2,
    since: text('occuredTime'),
    page: runbook('dependency-down'),
  });
}

function stateOf(status: unknown): string {
  return textOf(status, 'properties', 'availabilityState');
}

/** `…/providers/Microsoft.X/types/NAME/providers/Microsoft.ResourceHealth/availabilityStatuses/current`. */
function resourceOf(status: unknown): string {
  const [resource = ''] = textOf(status, 'id').split(/\/providers\/Microsoft\.ResourceHealth\//i);
  return resource.split('/').slice(-2).join(' ');
}
