import { SlipError } from '../../lib/errors.ts';
import { untilDefined } from '../../lib/until.ts';
import { describeHealth, type Health, readHealth } from '../appservice/health.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

/** The app's own check of everything it needs. A slot that has just started gets a moment to settle. */
export const deepHealth: Gate<{ readonly slot: WebSlot; readonly settleMs: number; readonly pollMs: number }> = {
  name: 'deep-health',
  async check({ slot, settleMs, pollMs }) {
    let last: Health | undefined;
    const healthy = await untilDefined({ limitMs: settleMs, pollMs }, async () => {
      last = await readHealth(slot);
      return last.status !== 'fail' && last.httpStatus === 200 ? last : undefined;
    });
    if (healthy !== undefined) {
      return isWell(healthy) ? undefined : `health of ${slot.url} is "warn": ${describeHealth(healthy)}`;
    }
    throw new SlipError('SLIP-RELEASE-HEALTH', {
      found: `${slot.url}/_slipway/health: ${last === undefined ? 'no answer' : describeHealth(last)}`,
      expected: 'pass',
      fix: 'fix what the failing check names; see the staging slot’s logs',
    });
  },
};

/** A version is declared live after it was checked, so until then its workers do not run, and say so. */
function isWell({ status, checks }: Health): boolean {
  const warning = [...checks].filter(([, check]) => check.status !== 'pass');
  return status === 'pass' || (warning.length > 0 && warning.every(([name]) => name === 'workers'));
}
