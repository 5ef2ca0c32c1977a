import type { Finding } from '../../azure/doctor/check.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { listOf, textOf } from '../../lib/json.ts';
import { count, orFine, problemOf, runbook, type StackCheck } from './stack-check.ts';

const NAME = 'private endpoints';

/** MySQL, Redis and Blob are reached through private endpoints alone: one that is not approved is a service that is away. */
export const privateEndpoints: StackCheck = {
  name: NAME,
  role: 'Reader',
  run: async ({ arm, groupId, name }) => {
    const found = await arm.list(`${groupId}/providers/Microsoft.Network/privateEndpoints`, AZURE_API.network);
    return orFine(
      found.flatMap((endpoint) => problemsOf(endpoint, name)),
      NAME,
      found.length === 0 ? 'there are none' : `${count(found.length, 'endpoint')} approved`,
    );
  },
};

function problemsOf(endpoint: unknown, stack: string): Finding[] {
  const name = textOf(endpoint, 'name');
  const provisioning = textOf(endpoint, 'properties', 'provisioningState');
  const connections = [
    ...listOf(endpoint, 'properties', 'privateLinkServiceConnections'),
    ...listOf(endpoint, 'properties', 'manualPrivateLinkServiceConnections'),
  ];
  const failed =
    provisioning === 'Failed'
      ? [problemOf(NAME, `${name} could not be made`, `npx pulumi up -s ${stack}`, { urgency: 1 })]
      : [];
  return [...failed, ...connections.flatMap((connection) => notApproved(name, connection, stack))];
}

function notApproved(name: string, connection: unknown, stack: string): Finding[] {
  const state = (member: string): string =>
    textOf(connection, 'properties', 'privateLinkServiceConnectionState', member);
  if (state('status') === 'Approved') return [];
  const service = textOf(connection, 'properties', 'privateLinkServiceId');
  const said = state('description') === '' ? '' : `: ${state('description')}`;
  return [
    problemOf(NAME, `${name} is ${state('status') || 'in no state'}${said}`, fixOf(state('status'), service, stack), {
      urgency: 1,
      page: runbook('dependency-down'),
    }),
  ];
}

function fixOf(status: string, service: string, stack: string): string {
  if (status === 'Pending') {
    return `az network private-endpoint-connection list --id ${service} shows its id; az network private-endpoint-connection approve --id ID --description "${stack}"`;
  }
  return `a rejected or removed connection does not come back: delete the endpoint, then npx pulumi up -s ${stack} --refresh`;
}
