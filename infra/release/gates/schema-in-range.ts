import { SlipError } from '../../lib/errors.ts';
import type { RunningVersion, WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

/** The database is at least as new as the code needs. That nothing was taken away is for deep health to say. */
export const schemaInRange: Gate<{ readonly slot: WebSlot }> = {
  name: 'schema-in-range',
  async check({ slot }) {
    const running = await slot.version();
    if (running !== undefined && running.schema >= running.schemaMin) return undefined;
    throw outOfRange(slot, running);
  },
};

function outOfRange(slot: WebSlot, running: RunningVersion | undefined): SlipError {
  return new SlipError('SLIP-RELEASE-SCHEMA', {
    found:
      running === undefined
        ? `${slot.url}/version does not answer`
        : `the schema is ${running.schema}, version ${running.version} needs ${running.schemaMin}`,
    expected: 'every expand migration of this version carried out',
    fix: './slipway migrate shows what is pending and why',
  });
}
