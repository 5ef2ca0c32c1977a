import { SlipError } from '../../errors.ts';
import { readHealth } from '../health.ts';
import type { Gate } from '../steps.ts';
import { untilDefined } from '../until.ts';
import type { WebSlot } from '../web-slot.ts';

/** The platform starts containers in no order and does not look after the sidecar; so this does. */
export const sidecarPresent: Gate<{ readonly slot: WebSlot; readonly settleMs: number; readonly pollMs: number }> = {
  name: 'sidecar',
  async check({ slot, settleMs, pollMs }) {
    let said = 'no answer';
    const present = await untilDefined({ limitMs: settleMs, pollMs }, async () => {
      const { checks } = await readHealth(slot);
      const sidecar = checks.get('sidecar');
      if (sidecar === undefined) return undefined;
      said = sidecar.output || sidecar.status;
      return sidecar.status === 'pass' ? true : undefined;
    });
    if (present === true) return undefined;
    throw new SlipError('SLIP-RELEASE-SIDECAR', {
      found: `the sidecar beside ${slot.url} is not there: ${said}`,
      expected: 'it to answer the app on loopback',
      fix: 'see its logs (./slipway logs --process sidecar, or the log stream); is its image there and its settings complete?',
    });
  },
};
