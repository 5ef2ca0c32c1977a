import { Secret } from '@pulumi/azure-native/keyvault/secret.js';
import { Vault as KeyVault } from '@pulumi/azure-native/keyvault/vault.js';
import { ComponentResource, type Input, type Output, type Resource, secret } from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import type { Context } from '../../base/context.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { assignRole, type Identity } from '../identity/identity.ts';

/** How long a deleted vault or secret, and so its name, stays reserved. Fixed at creation. */
const SOFT_DELETE_DAYS = { prod: 90, other: 7 };

/** The secret with the key that marks a release's records. */
export const SEAL_SECRET = 'release-seal';

export interface SecretOptions {
  /** `app`: the identity of the app. `deployer`: only whom `grantDeployerRead` names. Default: app */
  readonly reader?: 'app' | 'deployer';
  /** Names that the password had in earlier versions of the program. */
  readonly aliases?: { readonly name: string }[];
}

/** The key vault with its secrets. The app's identity gets a role on each secret, not on the vault. */
export class Vault extends ComponentResource implements DiagnosticSource {
  readonly id: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  readonly name: string;
  /** Secrets and roles that have to exist before an app setting may refer to them. */
  readonly prerequisites: Resource[] = [];
  readonly #context: Context;
  readonly #group: Output<string>;
  readonly #identity: Identity;
  readonly #vault: KeyVault;
  readonly #secrets = new Map<string, Secret>();

  constructor(context: Context, group: Output<string>, identity: Identity) {
    super('slipway:program:Vault', 'vault');
    this.#context = context;
    this.#group = group;
    this.#identity = identity;
    this.name = context.names.global('kv', 24);
    this.#vault = this.#create();
    this.id = this.#vault.id;
    this.diagnosticTargets = [{ name: 'vault', type: 'keyvault:Vault', id: this.id }];
    this.registerOutputs({ name: this.name });
  }

  /**
   * Generates a password and stores it. Another generation has another password. Letters and digits only, because it appears
   * in shells, URLs and connection strings.
   */
  generateSecret(name: string, generation: number, { reader = 'app', ...options }: SecretOptions = {}): Output<string> {
    const keepers = { rotation: String(generation) };
    const password = new RandomPassword(name, { length: 40, special: false, keepers }, { parent: this, ...options });
    if (reader === 'app') this.addSecret(name, password.result);
    else this.#store(name, password.result);
    return password.result;
  }

  /** Stores a value and lets the app's identity read it. */
  addSecret(name: string, value: Input<string>): void {
    const stored = this.#store(name, value);
    const reader = assignRole(this.#context, {
      name: `app-reads-${name}`,
      principalId: this.#identity.principalId,
      role: 'keyVaultSecretsUser',
      scope: stored.id,
      parent: this,
    });
    this.prerequisites.push(reader);
  }

  /**
   * Only a new value writes the secret again: writing it for changed tags would overwrite a value that was rotated by hand. It
   * is deleted with the vault, because Pulumi would delete a single secret
   * through the vault's data plane, where the deployer has no role.
   */
  #store(name: string, value: Input<string>): Secret {
    const stored = new Secret(
      name,
      {
        vaultName: this.name,
        resourceGroupName: this.#group,
        secretName: name,
        properties: { value: secret(value) },
        tags: this.#context.tags,
      },
      { parent: this, deletedWith: this.#vault, dependsOn: [this.#vault], ignoreChanges: ['tags'] },
    );
    this.prerequisites.push(stored);
    this.#secrets.set(name, stored);
    return stored;
  }

  /** Lets the pipelines of this stage read the tokens with which a release calls the app's internal routes and its cache. */
  grantDeployerRead(secrets: readonly string[]): void {
    const { deployers, stage } = this.#context.config;
    const principals = deployers.filter(({ kind }) => kind === stage).map(({ principalId }) => principalId);
    for (const name of secrets) {
      const scope = this.#secrets.get(name)?.id;
      if (scope === undefined) throw new RangeError(`${name} is not in the vault`);
      for (const principalId of principals) {
        const grant = `deployer-${principalId.slice(0, 8)}-reads-${name}`;
        const role = 'keyVaultSecretsUser';
        assignRole(this.#context, { name: grant, principalId, role, scope, parent: this });
      }
    }
  }

  #create(): KeyVault {
    const { config, location, tags, tenantId, isProtected } = this.#context;
    const prod = config.stage === 'prod';
    return new KeyVault(
      'vault',
      {
        vaultName: this.name,
        resourceGroupName: this.#group,
        location,
        tags,
        properties: {
          tenantId,
          sku: { family: 'A', name: 'standard' },
          enableRbacAuthorization: true,
          enableSoftDelete: true,
          softDeleteRetentionInDays: prod ? SOFT_DELETE_DAYS.prod : SOFT_DELETE_DAYS.other,
          // Azure refuses `false`: the property is either true, irreversibly, or absent.
          ...(prod ? { enablePurgeProtection: true } : {}),
          // Public but Entra-only: hosted pipelines need it, and App Service resolves references from outside the network.
          publicNetworkAccess: 'Enabled',
          networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow' },
        },
      },
      { parent: this, protect: isProtected('vault') },
    );
  }
}
