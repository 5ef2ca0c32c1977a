import { SlipError } from '../../lib/errors.ts';
import { untilDefined } from '../../lib/until.ts';
import { type Health, readHealth } from '../appservice/health.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

/** While Blob is unavailable, or nothing carries to it, images wait in an outbox that a swap moves away from visitors. */
export const blobReachable: Gate<{
  readonly production: WebSlot;
  readonly releaseToken: string;
  readonly settleMs: number;
  readonly pollMs: number;
}> = {
  name: 'blob-reachable',
  async check({ production, releaseToken: token, settleMs, pollMs }) {
    let checks: Health['checks'] = new Map();
    const reachable = await untilDefined({ limitMs: settleMs, pollMs }, async () => {
      checks = (await readHealth(production)).checks;
      return checks.get('blob')?.status === 'pass' || carriesNothing(checks) ? true : undefined;
    });
    if (reachable === true) return undefined;
    const blob = checks.get('blob');
    if (blob === undefined) return 'production does not say whether Blob is reachable';
    const sidecar = checks.get('sidecar');
    if (sidecar === undefined || sidecar.status === 'pass') {
      throw new SlipError('SLIP-RELEASE-BLOB-UNAVAILABLE', {
        found: `production cannot reach Blob: ${blob.output || blob.status}`,
        expected: 'Blob reachable, so that no image is left behind by the swap',
        fix: 'see ./slipway status; release when Blob is back. ./slipway rollback does not wait for it',
      });
    }
    // A release is the way to fix a broken sidecar, so it goes on when the outbox is empty.
    const drained = await production.ask('/_slipway/release/drain?timeout=0', { method: 'POST', token });
    if (drained.status === 200) return 'production’s sidecar is unhealthy, but its outbox is empty';
    throw new SlipError('SLIP-RELEASE-SIDECAR-UNAVAILABLE', {
      found: `images wait in production’s outbox, and its sidecar is unhealthy: ${sidecar.output || sidecar.status}`,
      expected: 'them in Blob before the swap, so that none is out of sight after it',
      fix: 'restart production, which starts its sidecar again. If it dies again: ./slipway rollback, which waits for no image, then release the fix; the sidecar that a release puts into staging carries what waits there',
    });
  },
};

/** An application without an outbox leaves no image behind. */
function carriesNothing(checks: Health['checks']): boolean {
  return checks.size > 0 && !checks.has('blob') && !checks.has('outbox');
}
