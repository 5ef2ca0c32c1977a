import { SlipError } from '../../lib/errors.ts';
import { untilDefined } from '../../lib/until.ts';
import type { AppService, SettingReference } from '../appservice/app-service.ts';
import type { Gate } from './gate.ts';

/** An unresolved reference reaches the app as its literal text. */
export const referencesResolved: Gate<{
  readonly appService: AppService;
  readonly limitMs: number;
  readonly pollMs: number;
}> = {
  name: 'references-resolved',
  async check({ appService, limitMs, pollMs }) {
    await appService.refreshReferences();
    let open: SettingReference[] = [];
    const done = await untilDefined({ limitMs, pollMs }, async () => {
      open = (await appService.references('staging')).filter(({ status }) => status !== 'Resolved');
      return open.length === 0 ? true : undefined;
    });
    const [first] = open;
    if (done === true || first === undefined) return undefined;
    throw new SlipError('SLIP-RELEASE-REFERENCE', {
      found: `the setting ${first.setting} is not resolved: ${first.status}${first.details ? `, ${first.details}` : ''}`,
      expected: `every Key Vault reference resolved within ${Math.round(limitMs / 1000)} s`,
      fix: 'see whether the secret exists and the app’s identity has the role Key Vault Secrets User on it',
    });
  },
};
