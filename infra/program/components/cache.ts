import { Database } from '@pulumi/azure-native/redisenterprise/database.js';
import { listDatabaseKeysOutput } from '@pulumi/azure-native/redisenterprise/listDatabaseKeys.js';
import { RedisEnterprise } from '@pulumi/azure-native/redisenterprise/redisEnterprise.js';
import { ComponentResource, type Output, secret } from '@pulumi/pulumi';
import type { Context } from '../context.ts';
import { lock } from './lock.ts';
import type { Vault } from './vault.ts';

/** The only port of Azure Managed Redis, TLS. https://learn.microsoft.com/azure/redis/architecture */
const MANAGED_PORT = 10_000;

/** Redis over TLS; its access key is in the vault. */
export class Cache extends ComponentResource {
  /** host, or host:port where the port is not 10000 */
  readonly host: Output<string>;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, vault: Vault) {
    super('slipway:program:Cache', 'cache');
    this.#context = context;
    this.#group = group;
    const cluster = this.#cluster();
    const database = this.#database(cluster);
    this.host = cluster.hostName;
    vault.keep('redis-key', this.#key(cluster, database));
    lock(context, { name: 'cache', word: 'cache', scope: cluster.id, parent: this });
    this.registerOutputs({ host: this.host });
  }

  #cluster(): RedisEnterprise {
    const { config, names, location, tags, keeps } = this.#context;
    return new RedisEnterprise(
      'redis',
      {
        clusterName: names.global('redis', 60),
        resourceGroupName: this.#group,
        location,
        tags,
        sku: { name: config.cache.sku },
        highAvailability: config.cache.highAvailability ? 'Enabled' : 'Disabled',
        minimumTlsVersion: '1.2',
        publicNetworkAccess: 'Disabled',
      },
      { parent: this, protect: keeps('cache') },
    );
  }

  /** NoCluster: one shard, so every command may touch every key. Access keys: phpredis has no Entra sign-in. */
  #database(cluster: RedisEnterprise): Database {
    return new Database(
      'redis-database',
      {
        clusterName: cluster.name,
        resourceGroupName: this.#group,
        databaseName: 'default',
        clientProtocol: 'Encrypted',
        port: MANAGED_PORT,
        clusteringPolicy: 'NoCluster',
        evictionPolicy: 'VolatileLRU',
        accessKeysAuthentication: 'Enabled',
      },
      { parent: this, protect: this.#context.keeps('cache') },
    );
  }

  #key(cluster: RedisEnterprise, database: Database): Output<string> {
    const { primaryKey } = listDatabaseKeysOutput(
      { resourceGroupName: this.#group, clusterName: cluster.name, databaseName: database.name },
      { dependsOn: [database] },
    );
    return secret(primaryKey);
  }
}
