import { ManagementLockByScope } from '@pulumi/azure-native/authorization/managementLockByScope.js';
import { ComponentResource, type Input, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { PROTECTED, type ProtectedKind } from '../../config/general.ts';

export interface LocksInput {
  /** Azure ids to lock, by the kind that `protect.except` names to remove the lock. */
  readonly scopes: Readonly<Partial<Record<ProtectedKind, Input<string>>>>;
  /**
   * Everything below a locked scope. Locks are created last and so deleted first: while a lock exists, nothing below it can
   * be deleted, role assignments and diagnostic settings included.
   */
  readonly after: readonly Resource[];
}

/**
 * A locked resource cannot be deleted by anyone until its lock is removed.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export class Locks extends ComponentResource {
  constructor(context: Context, { scopes, after }: LocksInput) {
    super('slipway:program:Locks', 'locks');
    for (const kind of PROTECTED) {
      const scope = scopes[kind];
      if (scope !== undefined && context.isProtected(kind)) this.#lock(kind, scope, after);
    }
    this.registerOutputs({});
  }

  #lock(kind: ProtectedKind, scope: Input<string>, after: readonly Resource[]): ManagementLockByScope {
    return new ManagementLockByScope(
      `keep-${kind}`,
      {
        lockName: `keep-${kind}`,
        level: 'CanNotDelete',
        notes: `To let it go: pulumi config set slipway:protect.except '["${kind}"]', then pulumi up.`,
        scope,
      },
      { parent: this, dependsOn: [...after] },
    );
  }
}
