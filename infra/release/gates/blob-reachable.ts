import { SlipError } from '../../errors.ts';
import { readHealth } from '../health.ts';
import type { Gate } from '../steps.ts';
import type { WebSlot } from '../web-slot.ts';

/** While Blob is away, images wait in an outbox that a swap would move out of sight. */
export const blobReachable: Gate<{ readonly production: WebSlot }> = {
  name: 'Blob',
  async check({ production }) {
    const health = await readHealth(production);
    const blob = health.checks.get('blob');
    if (blob === undefined) return 'production does not say whether Blob is reachable';
    if (blob.status === 'pass') return undefined;
    throw new SlipError('SLIP-RELEASE-BLOB-AWAY', {
      found: `production cannot reach Blob: ${blob.output || blob.status}`,
      expected: 'Blob reachable, so that no image is left behind by the swap',
      fix: 'see ./slipway status; release when Blob is back. Going back to what staging holds does not wait for it',
    });
  },
};
