import { SlipError } from '../../lib/errors.ts';
import { type Config, KEYS, readKeys } from './config.ts';
import { ConfigReader, NAMESPACE } from './config-reader.ts';
import { crossCheck } from './cross-check.ts';

/**
 * The config of a stack, typed and with its defaults. Throws SLIP-CONFIG-INVALID with everything that is wrong, at once.
 * `values` is Pulumi's whole config: keys with their namespace, values as text.
 */
export function readConfig(values: Readonly<Record<string, string>>): Config {
  const reader = new ConfigReader(values);
  const config = readKeys(reader);
  reader.refuseUnknown(KEYS.map(({ name }) => name));
  crossCheck(config, (key, allowed) => reader.refuse(key, allowed));
  if (reader.problems.length > 0) {
    const lines = reader.problems.map(
      ({ key, value, allowed }) => `${NAMESPACE}${key} is ${value}\n      allowed: ${allowed}`,
    );
    throw new SlipError('SLIP-CONFIG-INVALID', {
      found: `${lines.length === 1 ? 'one key' : `${lines.length} keys`} of stage '${reader.stage}' cannot stay so\n  - ${lines.join('\n  - ')}`,
      fix: 'pulumi config set KEY VALUE; every key is in docs/reference/config.md',
    });
  }
  return config;
}
