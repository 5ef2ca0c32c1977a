import { SlipError } from '../../lib/errors.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { SiteAddress } from '../appservice/site.ts';
import type { Gate } from './gate.ts';

export const slotExists: Gate<{ readonly appService: AppService; readonly site: SiteAddress }> = {
  name: 'slot-exists',
  async check({ appService, site }) {
    if ((await appService.slot()) !== undefined) return undefined;
    throw new SlipError('SLIP-RELEASE-SLOT-MISSING', {
      found: `the site ${site.app} in ${site.resourceGroup} has no slot ${site.slot}`,
      expected: 'the slot that the program creates',
      fix: 'run `pulumi up` for this stack; for the local region `npm start`',
    });
  },
};
