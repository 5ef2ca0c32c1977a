import { SlipError } from '../../lib/errors.ts';
import type { WantedConfiguration } from '../../lib/wanted.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { Gate } from './gate.ts';

/** What stays with a slot has to be what the program says, or a swap carries along what should stay. */
export const stickySettings: Gate<{ readonly appService: AppService; readonly wanted: WantedConfiguration }> = {
  name: 'sticky-settings',
  async check({ appService, wanted }) {
    const names = await appService.stickyNames();
    const [found, expected] = [names, wanted.slotStickyNames].map((list) => list.toSorted().join(', ') || 'none');
    if (found !== expected) {
      throw sticky(`the site's sticky settings are: ${found}`, `${expected}, as the program has it`);
    }
    for (const slot of ['production', 'staging'] as const) {
      const settings = await appService.settings(slot);
      for (const [name, value] of Object.entries(wanted.stickySettings[slot])) {
        if (settings[name] === value) continue;
        throw sticky(`${name} of the ${slot} slot is ${JSON.stringify(settings[name])}`, JSON.stringify(value));
      }
    }
    return undefined;
  },
};

function sticky(found: string, expected: string): SlipError {
  return new SlipError('SLIP-RELEASE-STICKY', {
    found,
    expected,
    fix: 'undo the change by hand (portal, or az webapp config appsettings set --slot-settings), or run `pulumi up`',
  });
}
