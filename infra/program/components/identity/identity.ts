import { RoleAssignment } from '@pulumi/azure-native/authorization/roleAssignment.js';
import { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js';
import { ComponentResource, type Input, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';
import { stableGuid } from '../../naming.ts';
import { type RoleName, roleDefinitionId } from './roles.ts';

/** The one identity of both slots: identities never swap, so a shared one takes order and roles out of a swap. */
export class Identity extends ComponentResource {
  readonly id: Output<string>;
  readonly clientId: Output<string>;
  readonly principalId: Output<string>;

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Identity', 'identity');
    const identity = this.#identity(context, group);
    this.id = identity.id;
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.registerOutputs({ clientId: this.clientId });
  }

  /** Lets the app pull the sidecar's image, from the registry of stage `shared`. */
  mayPull(context: Context, registryId: Output<string>): RoleAssignment {
    return grant(context, {
      name: 'app-pulls-images',
      principalId: this.principalId,
      role: 'acrPull',
      scope: registryId,
      parent: this,
    });
  }

  #identity({ names, location, tags }: Context, resourceGroupName: Output<string>): UserAssignedIdentity {
    const resourceName = names.scoped('id');
    return new UserAssignedIdentity('identity', { resourceName, resourceGroupName, location, tags }, { parent: this });
  }
}

export interface Grant {
  /** Logical name; says who may do what where, as in `app-reads-redis-key`. */
  readonly name: string;
  readonly principalId: Input<string>;
  readonly role: RoleName;
  readonly scope: Input<string>;
  readonly parent: Resource;
}

/**
 * A role for a service principal. The name is made of stable parts, so no run makes a second one; principalType spares
 * the wait for the directory, https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template.
 */
export function grant(context: Context, { name, principalId, role, scope, parent }: Grant): RoleAssignment {
  const { subscriptionId, names } = context;
  return new RoleAssignment(
    name,
    {
      roleAssignmentName: stableGuid(subscriptionId, names.unique, name),
      roleDefinitionId: roleDefinitionId(subscriptionId, role),
      principalType: 'ServicePrincipal',
      principalId,
      scope,
    },
    { parent },
  );
}
