import { ManagementLockByScope } from '@pulumi/azure-native/authorization/managementLockByScope.js';
import type { Input, Resource } from '@pulumi/pulumi';
import type { PROTECTED } from '../config/general.ts';
import type { Context } from '../context.ts';

export interface Lock {
  readonly name: string;
  /** The word in `protect.except` that takes this lock away. */
  readonly word: (typeof PROTECTED)[number];
  readonly scope: Input<string>;
  readonly parent: Resource;
  /** Everything below the scope: a lock that is made last goes first, and while it is there nothing below can go. */
  readonly after: readonly Resource[];
}

/**
 * Nobody deletes what is locked, whoever they are, until the lock is gone.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export function lock(context: Context, { name, word, scope, parent, after }: Lock): ManagementLockByScope | undefined {
  if (!context.keeps(word)) return undefined;
  return new ManagementLockByScope(
    `${name}-lock`,
    {
      lockName: `keep-${name}`,
      level: 'CanNotDelete',
      notes: `Holds data. To let it go: pulumi config set slipway:protect.except '["${word}"]', then pulumi up.`,
      scope,
    },
    { parent, dependsOn: [...after] },
  );
}
