import { Secret } from '@pulumi/azure-native/keyvault/secret.js';
import { Vault as KeyVault } from '@pulumi/azure-native/keyvault/vault.js';
import { ComponentResource, type Input, type Output, type Resource, secret } from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import type { Context } from '../../context.ts';
import type { Telling, Told } from '../diagnostics/diagnostics.ts';
import { grant, type Identity } from '../identity/identity.ts';

/** How long a deleted vault or secret, and so its name, is kept. Fixed at creation. */
const SOFT_DELETE_DAYS = { prod: 90, other: 7 };

/** The vault and what is in it. Each secret is readable by the app's identity alone, one by one. */
export class Vault extends ComponentResource implements Telling {
  readonly id: Output<string>;
  readonly told: readonly Told[];
  readonly name: string;
  /** What has to exist before an app setting may point here. */
  readonly readable: Resource[] = [];
  readonly #context: Context;
  readonly #group: Output<string>;
  readonly #identity: Identity;
  readonly #vault: KeyVault;
  readonly #kept = new Map<string, Secret>();

  constructor(context: Context, group: Output<string>, identity: Identity) {
    super('slipway:program:Vault', 'vault');
    this.#context = context;
    this.#group = group;
    this.#identity = identity;
    this.name = context.names.global('kv', 24);
    this.#vault = this.#create();
    this.id = this.#vault.id;
    this.told = [{ name: 'vault', type: 'keyvault:Vault', id: this.id }];
    this.registerOutputs({ name: this.name });
  }

  /** Makes up a password and keeps it. Letters and digits only: it passes through shells, URLs and connection strings. */
  generate(name: string): Output<string> {
    const keepers = { rotation: String(this.#context.config.secrets.rotation) };
    const password = new RandomPassword(name, { length: 40, special: false, keepers }, { parent: this });
    this.keep(name, password.result);
    return password.result;
  }

  /**
   * Keeps a value under a name and lets the app's identity read it. Nothing but a new value writes it again (a change of
   * tags would, and put back the old value over one that was rotated by hand). It goes with the vault: on its own Pulumi would
   * delete it through the vault's data plane, where the deployer has no role.
   */
  keep(name: string, value: Input<string>): void {
    const kept = new Secret(
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
    const reader = grant(this.#context, {
      name: `app-reads-${name}`,
      principalId: this.#identity.principalId,
      role: 'keyVaultSecretsUser',
      scope: kept.id,
      parent: this,
    });
    this.readable.push(kept, reader);
    this.#kept.set(name, kept);
  }

  /** A release calls the app's internal routes and tries its cache, so the pipeline has to know these. */
  letDeployerRead(secrets: readonly string[]): void {
    const principalId = this.#context.config.deployerPrincipalId;
    if (principalId === '') return;
    for (const name of secrets) {
      const scope = this.#kept.get(name)?.id;
      if (scope === undefined) throw new RangeError(`${name} is not in the vault`);
      const role = 'keyVaultSecretsUser';
      grant(this.#context, { name: `deployer-reads-${name}`, principalId, role, scope, parent: this });
    }
  }

  #create(): KeyVault {
    const { config, location, tags, tenantId, keeps } = this.#context;
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
          // Azure refuses `false`; it is either on, for ever, or not said.
          ...(prod ? { enablePurgeProtection: true } : {}),
          // Public but Entra-only: a hosted pipeline has to reach it, and App Service resolves references from outside the network.
          publicNetworkAccess: 'Enabled',
          networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow' },
        },
      },
      { parent: this, protect: keeps('vault') },
    );
  }
}
