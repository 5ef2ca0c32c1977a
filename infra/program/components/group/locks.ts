import { ManagementLockByScope } from '@pulumi/azure-native/authorization/managementLockByScope.js';
import { ComponentResource, type Input, type Resource } from '@pulumi/pulumi';
import { PROTECTED } from '../../config/general.ts';
import type { Context } from '../../context.ts';

type Word = (typeof PROTECTED)[number];

export interface LocksInput {
  /** What is locked, by the word in `protect.except` that takes the lock away. */
  readonly scopes: Readonly<Partial<Record<Word, Input<string>>>>;
  /**
   * Everything that lives below a lock. Made last, locks go first: while one is there nothing below it can be deleted, no
   * role assignment and no diagnostic setting either.
   */
  readonly after: readonly Resource[];
}

/**
 * Nobody deletes what is locked, whoever they are, until the lock is gone.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export class Locks extends ComponentResource {
  constructor(context: Context, { scopes, after }: LocksInput) {
    super('slipway:program:Locks', 'locks');
    for (const word of PROTECTED) {
      const scope = scopes[word];
      if (scope !== undefined && context.keeps(word)) this.#lock(word, scope, after);
    }
    this.registerOutputs({});
  }

  #lock(word: Word, scope: Input<string>, after: readonly Resource[]): ManagementLockByScope {
    return new ManagementLockByScope(
      `keep-${word}`,
      {
        lockName: `keep-${word}`,
        level: 'CanNotDelete',
        notes: `To let it go: pulumi config set slipway:protect.except '["${word}"]', then pulumi up.`,
        scope,
      },
      { parent: this, dependsOn: [...after] },
    );
  }
}
