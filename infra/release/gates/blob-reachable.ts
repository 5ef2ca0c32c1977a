import { SlipError } from '../../lib/errors.ts';
import { untilDefined } from '../../lib/until.ts';
import { type Health, readHealth } from '../appservice/health.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

/** While Blob is away, or nobody carries to it, images wait in an outbox that a swap would move out of sight. */
export const blobReachable: Gate<{
  readonly production: WebSlot;
  readonly releaseToken: string;
  readonly settleMs: number;
  readonly pollMs: number;
}> = {
  name: 'Blob',
  async check({ production, releaseToken: token, settleMs, pollMs }) {
    let checks: Health['checks'] = new Map();
    const reachable = await untilDefined({ limitMs: settleMs, pollMs }, async () => {
      checks = (await readHealth(production)).checks;
      return checks.get('blob')?.status === 'pass' ? true : undefined;
    });
    if (reachable === true) return undefined;
    const blob = checks.get('blob');
    if (blob === undefined) return 'production does not say whether Blob is reachable';
    const sidecar = checks.get('sidecar');
    if (sidecar === undefined || sidecar.status === 'pass') {
      throw new SlipError('SLIP-RELEASE-BLOB-AWAY', {
        found: `production cannot reach Blob: ${blob.output || blob.status}`,
        expected: 'Blob reachable, so that no image is left behind by the swap',
        fix: 'see ./slipway status; release when Blob is back. ./slipway rollback does not wait for it',
      });
    }
    // What mends the sidecar is a release, so one goes on where nothing is left behind.
    const drained = await production.ask('/internal/release/drain?timeout=0', { method: 'POST', token });
    if (drained.status === 200) return 'production’s sidecar is not well, but its outbox is empty';
    throw new SlipError('SLIP-RELEASE-SIDECAR-AWAY', {
      found: `images wait in production’s outbox, and its sidecar is not well: ${sidecar.output || sidecar.status}`,
      expected: 'them in Blob before the swap, so that none is out of sight after it',
      fix: 'restart production, which starts its sidecar again. Does it die again: ./slipway rollback, which waits for no image, then release what mends it; the sidecar that a release puts into staging carries what waits there',
    });
  },
};
