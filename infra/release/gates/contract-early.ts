import { SlipError } from '../../lib/errors.ts';
import type { Gate } from './gate.ts';

/** A version that may serve: the one that is live, or the one a rollback returns to. */
export interface ServingVersion {
  readonly role: string;
  readonly version: string;
  /** Those of its tree. */
  readonly migrations: readonly string[];
}

/** A contract migration waits until every version that may serve was made knowing it. */
export const contractEarly: Gate<{
  readonly pending: readonly string[];
  readonly serving: readonly ServingVersion[];
}> = {
  name: 'contract-early',
  check({ pending, serving }) {
    for (const migration of pending) {
      const old = serving.find(({ migrations }) => !migrations.includes(migration));
      if (old === undefined) continue;
      throw new SlipError('SLIP-RELEASE-CONTRACT-EARLY', {
        found: `contract migration ${migration} takes away what version ${old.version} needs, and that is ${old.role}`,
        expected: 'every version that is live or that a rollback returns to was built with this migration in its tree',
        fix: 'release once more; when the version above is neither live nor the rollback target, repeat the command',
      });
    }
    return undefined;
  },
};
