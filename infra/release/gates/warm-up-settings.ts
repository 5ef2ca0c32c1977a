import { SlipError } from '../../lib/errors.ts';
import type { Configuration } from '../store/history.ts';
import type { Gate } from './gate.ts';

/** Without these, App Service takes any answer for a warm slot, a 500 included. */
const required: readonly { readonly setting: string; readonly valid: RegExp; readonly expected: string }[] = [
  { setting: 'WEBSITE_SWAP_WARMUP_PING_PATH', valid: /^\/./, expected: 'a path, such as /_slipway/ready' },
  { setting: 'WEBSITE_SWAP_WARMUP_PING_STATUSES', valid: /^200$/, expected: '200' },
  { setting: 'WEBSITE_WARMUP_PATH', valid: /^\/./, expected: 'a path, such as /_slipway/ready' },
  { setting: 'WEBSITE_WARMUP_STATUSES', valid: /^200$/, expected: '200' },
];

export const warmUpSettings: Gate<{ readonly configuration: Configuration }> = {
  name: 'warm-up-settings',
  check({ configuration }) {
    for (const { setting, valid, expected } of required) {
      const value = configuration.settings[setting];
      if (value !== undefined && valid.test(value)) continue;
      throw new SlipError('SLIP-RELEASE-WARM-UP', {
        found: value === undefined ? `the setting ${setting} is not set` : `the setting ${setting} is "${value}"`,
        expected: `${expected}: without it a slot that answers errors counts as warm and is swapped in`,
        fix: 'set it in infra/program/components/web/app-settings.ts',
      });
    }
    return undefined;
  },
};
