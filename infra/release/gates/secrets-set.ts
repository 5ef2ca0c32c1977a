import { SlipError } from '../../lib/errors.ts';
import type { Gate } from './gate.ts';

/** A secret without a value would reach the application as the literal text of its reference. */
export const secretsSet: Gate<{
  readonly missingSecrets: (settings: readonly string[]) => Promise<readonly string[]>;
  readonly secrets: readonly string[];
  readonly stack: string;
}> = {
  name: 'secrets-set',
  async check({ missingSecrets, secrets, stack }) {
    const missing = secrets.length === 0 ? [] : await missingSecrets(secrets);
    if (missing.length === 0) return undefined;
    const where = stack === 'local' ? '' : ` --stack ${stack}`;
    throw new SlipError('SLIP-RELEASE-SECRETS', {
      found: `the application’s secrets ${missing.join(', ')} have no value`,
      expected: 'a value for every name in secrets of slipway.yaml; nothing was changed',
      fix: `${missing.map((name) => `./slipway secret set ${name}${where} < FILE`).join('; ')}; APP_KEY of Laravel: --generate base64:32`,
    });
  },
};
