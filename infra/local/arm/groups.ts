import { type Answer, ok } from './answer.ts';
import { groupId, type Plane } from './plane.ts';

export function subscription(plane: Plane): Answer {
  const { subscriptionId } = plane;
  return ok({ id: `/subscriptions/${subscriptionId}`, subscriptionId, displayName: 'local', state: 'Enabled' });
}

export function resourceGroup(plane: Plane): Answer {
  return ok({
    id: groupId(plane),
    name: plane.resourceGroup,
    type: 'Microsoft.Resources/resourceGroups',
    location: plane.site.state.seen.location,
    properties: { provisioningState: 'Succeeded' },
  });
}
