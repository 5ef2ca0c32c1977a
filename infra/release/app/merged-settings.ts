import { vaultSecretName } from '../../lib/app-secrets.ts';
import { SlipError } from '../../lib/errors.ts';
import type { Application } from './application.ts';
import { frameworkSettings } from './framework-settings.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * The settings that a version runs with: those that the program wants, the same under the names of the application's framework, the
 * application's own, and a reference to the vault for each of its secrets. Throws SLIP-APP-SETTING when the application names one of the program's.
 */
export function mergedSettings(
  wanted: Settings,
  { kind, env, secrets }: Pick<Application, 'kind' | 'env' | 'secrets'>,
): Settings {
  const taken = [...Object.keys(env), ...secrets].filter((name) => name in wanted);
  if (taken.length > 0) {
    throw new SlipError('SLIP-APP-SETTING', {
      found: `slipway.yaml sets ${taken.join(', ')}, which the program sets`,
      expected: 'names of its own in env and secrets',
      fix: 'remove them from slipway.yaml; docs/reference/config.md has the keys that change the program’s settings',
    });
  }
  const references = secrets.map((name) => [name, secretReference(vaultOf(wanted), name)] as const);
  return { ...wanted, ...frameworkSettings(kind, wanted), ...env, ...Object.fromEntries(references) };
}

function secretReference(vault: string, setting: string): string {
  return `@Microsoft.KeyVault(SecretUri=https://${vault}/secrets/${vaultSecretName(setting)})`;
}

/** The vault of the program's own references. */
function vaultOf(wanted: Settings): string {
  for (const value of Object.values(wanted)) {
    const [, vault] = /^@Microsoft\.KeyVault\(SecretUri=https:\/\/([^/]+)\/secrets\//.exec(value) ?? [];
    if (vault !== undefined) return vault;
  }
  throw new SlipError('SLIP-RELEASE-STACK', {
    found: 'no setting that the program wants refers to a vault',
    expected: 'references such as that of RELEASE_TOKEN',
    fix: 'run `pulumi up` for this stack with the program of this commit',
  });
}
