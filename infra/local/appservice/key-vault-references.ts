import type { Settings } from './site-state.ts';

/** ARM's `ResolveStatus`. */
export type ReferenceStatus =
  | 'Initialized'
  | 'Resolved'
  | 'InvalidSyntax'
  | 'MSINotEnabled'
  | 'VaultNotFound'
  | 'SecretNotFound'
  | 'SecretVersionNotFound'
  | 'AccessToKeyVaultDenied'
  | 'OtherReasons';

export interface ResolvedReference {
  readonly status: ReferenceStatus;
  readonly details?: string;
  /** Changes when the secret's value does. */
  readonly activeVersion?: string;
}

/** Says whether a reference can be resolved now. The value itself goes to the worker, never through here. */
export type ReferenceResolver = (reference: string) => Promise<ResolvedReference>;

export interface SettingReference extends ResolvedReference {
  readonly setting: string;
  readonly reference: string;
  readonly vaultName?: string;
  readonly secretName?: string;
}

const REFERENCE = /^@Microsoft\.KeyVault\((.*)\)$/i;

export async function resolveReferences(settings: Settings, resolve: ReferenceResolver): Promise<SettingReference[]> {
  const references = Object.entries(settings).filter(([, value]) => REFERENCE.test(value));
  return Promise.all(
    references.map(async ([setting, reference]) => {
      const named = secretOf(reference);
      const resolved: ResolvedReference =
        named === undefined
          ? { status: 'InvalidSyntax', details: 'Neither SecretUri nor VaultName and SecretName are given.' }
          : await resolve(reference).catch(() => ({ status: 'OtherReasons' as const }));
      return { setting, reference, ...named, ...resolved };
    }),
  );
}

/** `SecretUri=https://VAULT.vault.azure.net/secrets/NAME[/VERSION]` or `VaultName=…;SecretName=…`. */
export function secretOf(reference: string): { vaultName: string; secretName: string } | undefined {
  const inner = REFERENCE.exec(reference)?.[1] ?? '';
  const pairs = inner.split(';').map((pair) => pair.split(/=(.*)/s).map((part) => part.trim()));
  const fields = new Map(pairs.map(([name, value]) => [name?.toLowerCase(), value ?? '']));
  const uri = /^https:\/\/([^./]+)[^/]*\/secrets\/([^/]+)/i.exec(fields.get('secreturi') ?? '');
  const vaultName = uri?.[1] ?? fields.get('vaultname');
  const secretName = uri?.[2] ?? fields.get('secretname');
  return vaultName && secretName ? { vaultName, secretName } : undefined;
}
