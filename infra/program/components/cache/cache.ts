import { listRedisKeysOutput } from '@pulumi/azure-native/redis/listRedisKeys.js';
import { Redis } from '@pulumi/azure-native/redis/redis.js';
import { Database } from '@pulumi/azure-native/redisenterprise/database.js';
import { listDatabaseKeysOutput } from '@pulumi/azure-native/redisenterprise/listDatabaseKeys.js';
import { RedisEnterprise } from '@pulumi/azure-native/redisenterprise/redisEnterprise.js';
import { ComponentResource, interpolate, type Output, type Resource, secret } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import type { Network } from '../network/network.ts';
import type { Vault } from '../vault/vault.ts';
import { classicRedisSku } from './redis-sizes.ts';

/** The only port of Azure Managed Redis, TLS. https://learn.microsoft.com/azure/redis/architecture */
const MANAGED_PORT = 10_000;
/** What the rest of the component needs of either kind of Redis. */
interface Server {
  readonly id: Output<string>;
  /** Managed Redis: metrics come from the cluster, logs from the database. */
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  readonly host: Output<string>;
  readonly port: Output<string>;
  readonly key: Output<string>;
  readonly endpoint: { readonly groupId: string; readonly zoneName: string };
  readonly resources: readonly Resource[];
}

/** Redis over TLS, reachable only from the stage's network. Its access key is in the vault. */
export class Cache extends ComponentResource implements DiagnosticSource {
  readonly host: Output<string>;
  readonly port: Output<string>;
  readonly id: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  /** Resources that have to exist before the app connects. */
  readonly prerequisites: readonly Resource[];
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, { vault, network }: { vault: Vault; network: Network }) {
    super('slipway:program:Cache', 'cache');
    this.#context = context;
    this.#group = group;
    const server = context.config.cache.kind === 'managed' ? this.#managed() : this.#classic();
    vault.addSecret('redis-key', server.key);
    const place = interpolate`default:${server.key.apply(inUrl)}@${server.host}:${server.port}/0`;
    vault.addSecret('redis-url', interpolate`rediss://${place}`);
    // Laravel's and Predis' name of the same.
    vault.addSecret('redis-url-tls', interpolate`tls://${place}`);
    const endpoint = network.privateEndpoint('redis', { serviceId: server.id, ...server.endpoint });
    this.host = server.host;
    this.port = server.port;
    this.id = server.id;
    this.diagnosticTargets = server.diagnosticTargets;
    this.prerequisites = [...server.resources, ...endpoint];
    this.registerOutputs({ host: this.host });
  }

  #managed(): Server {
    const cluster = this.#cluster();
    const database = this.#database(cluster);
    const { primaryKey } = listDatabaseKeysOutput(
      { resourceGroupName: this.#group, clusterName: cluster.name, databaseName: database.name },
      { dependsOn: [database] },
    );
    return {
      id: cluster.id,
      diagnosticTargets: [
        { name: 'redis', type: 'redisenterprise:RedisEnterprise', id: cluster.id },
        { name: 'redis-database', type: 'redisenterprise:Database', id: database.id },
      ],
      host: cluster.hostName,
      port: database.port.apply((port) => String(port ?? MANAGED_PORT)),
      key: secret(primaryKey),
      // https://learn.microsoft.com/azure/redis/private-link
      endpoint: { groupId: 'redisEnterprise', zoneName: 'privatelink.redis.azure.net' },
      resources: [cluster, database],
    };
  }

  #cluster(): RedisEnterprise {
    const { config, names, location, tags, isProtected } = this.#context;
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
      { parent: this, protect: isProtected('cache') },
    );
  }

  /** NoCluster: with one shard, commands on several keys work. Access keys: phpredis cannot sign in with Entra. */
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
      { parent: this, protect: this.#context.isProtected('cache') },
    );
  }

  #classic(): Server {
    const { config, names, location, tags, isProtected } = this.#context;
    const redis = new Redis(
      'redis',
      {
        name: names.global('redis', 63),
        resourceGroupName: this.#group,
        location,
        tags,
        sku: classicRedisSku(config.cache.classicSku),
        redisVersion: '6',
        enableNonSslPort: false,
        minimumTlsVersion: '1.2',
        publicNetworkAccess: 'Disabled',
        redisConfiguration: { maxmemoryPolicy: 'volatile-lru' },
      },
      { parent: this, protect: isProtected('cache') },
    );
    const { primaryKey } = listRedisKeysOutput(
      { resourceGroupName: this.#group, name: redis.name },
      { dependsOn: [redis] },
    );
    return {
      id: redis.id,
      diagnosticTargets: [{ name: 'redis', type: 'redis:Redis', id: redis.id }],
      host: redis.hostName,
      // The plain port is disabled.
      port: redis.sslPort.apply(String),
      key: secret(primaryKey),
      // https://learn.microsoft.com/azure/azure-cache-for-redis/cache-private-link
      endpoint: { groupId: 'redisCache', zoneName: 'privatelink.redis.cache.windows.net' },
      resources: [redis],
    };
  }
}

/** Access keys are base64, whose other characters mean themselves in a URL. */
function inUrl(key: string): string {
  return key.replace(/[+/=]/g, encodeURIComponent);
}
