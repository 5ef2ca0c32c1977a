import { SlipError } from '../../lib/errors.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { Gate } from './gate.ts';

/** Somebody swaps by hand: the slots are about to trade places, and refuse every change until they have. */
export const noSwapUnderWay: Gate<{ readonly appService: AppService }> = {
  name: 'no-swap-under-way',
  async check({ appService }) {
    if (!(await appService.swapStatus()).inProgress) return undefined;
    throw new SlipError('SLIP-RELEASE-SWAP-UNDER-WAY', {
      found: 'a swap of this site is under way that is not ours',
      expected: 'nobody else to change the slots',
      fix: 'wait for its end (the site’s activity log shows whose it is), then repeat the command',
    });
  },
};
