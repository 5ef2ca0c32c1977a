import { RoleAssignment } from '@pulumi/azure-native/authorization/roleAssignment.js';
import { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js';
import { ComponentResource, type Input, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { stableGuid } from '../../base/naming.ts';
import { type RoleName, roleDefinitionId } from './roles.ts';

/** One identity for both slots. Identities are not swapped, so with a shared one a swap changes no roles. */
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

  /** Lets the app pull the sidecar's image from the registry of stage `shared`. */
  grantPull(context: Context, registryId: Output<string>): RoleAssignment {
    return assignRole(context, {
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

export interface RoleGrant {
  /** Logical name that says who may do what, such as `app-reads-redis-key`. */
  readonly name: string;
  readonly principalId: Input<string>;
  readonly role: RoleName;
  readonly scope: Input<string>;
  readonly parent: Resource;
  /** What limits the role, from `conditions.ts`. */
  readonly condition?: string;
}

/**
 * Gives a role to a service principal. The assignment's name is computed, so a later run finds it again. `principalType` is
 * set because otherwise the assignment fails until a new principal has been replicated, https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template.
 */
export function assignRole(context: Context, grant: RoleGrant): RoleAssignment {
  const { name, principalId, role, scope, parent, condition } = grant;
  const { subscriptionId, names } = context;
  return new RoleAssignment(
    name,
    {
      roleAssignmentName: stableGuid(subscriptionId, names.unique, name),
      roleDefinitionId: roleDefinitionId(subscriptionId, role),
      principalType: 'ServicePrincipal',
      principalId,
      scope,
      ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
    },
    { parent },
  );
}
