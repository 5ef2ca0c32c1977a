import { SlipError } from '../../errors.ts';
import { type HealthCheck, readHealth } from '../health.ts';
import type { Gate } from '../steps.ts';
import { untilDefined } from '../until.ts';
import type { WebSlot } from '../web-slot.ts';

/** While Blob is away, images wait in an outbox that a swap would move out of sight. */
export const blobReachable: Gate<{ readonly production: WebSlot; readonly settleMs: number; readonly pollMs: number }> =
  {
    name: 'Blob',
    async check({ production, settleMs, pollMs }) {
      let last: HealthCheck | undefined;
      const reachable = await untilDefined({ limitMs: settleMs, pollMs }, async () => {
        last = (await readHealth(production)).checks.get('blob');
        return last?.status === 'pass' ? true : undefined;
      });
      if (reachable === true) return undefined;
      if (last === undefined) return 'production does not say whether Blob is reachable';
      throw new SlipError('SLIP-RELEASE-BLOB-AWAY', {
        found: `production cannot reach Blob: ${last.output || last.status}`,
        expected: 'Blob reachable, so that no image is left behind by the swap',
        fix: 'see ./slipway status; release when Blob is back. ./slipway rollback does not wait for it',
      });
    },
  };
