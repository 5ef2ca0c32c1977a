import { Database as MysqlDatabase } from '@pulumi/azure-native/dbformysql/database.js';
import { Server } from '@pulumi/azure-native/dbformysql/server.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../context.ts';
import { MYSQL_SKUS } from '../skus.ts';
import { lock } from './lock.ts';
import type { Vault } from './vault.ts';

const NAME = 'slipway';
/** The server's only login besides Azure's own. */
const USER = 'slipway';

/** MySQL flexible server, reachable from the stage's network alone. */
export class Database extends ComponentResource {
  readonly host: Output<string>;
  readonly name = NAME;
  readonly user = USER;
  readonly serverId: Output<string>;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, vault: Vault) {
    super('slipway:program:Database', 'database');
    this.#context = context;
    this.#group = group;
    const server = this.#server(vault.generate('database-password'));
    this.#database(server);
    this.host = server.fullyQualifiedDomainName;
    this.serverId = server.id;
    lock(context, { name: 'mysql', word: 'mysql', scope: server.id, parent: this });
    this.registerOutputs({ host: this.host });
  }

  #server(password: Output<string>): Server {
    const { config, names, location, tags, keeps } = this.#context;
    const { mysql } = config;
    return new Server(
      'mysql',
      {
        serverName: names.global('mysql', 63),
        resourceGroupName: this.#group,
        location,
        tags,
        version: mysql.version,
        administratorLogin: USER,
        administratorLoginPassword: password,
        sku: { name: mysql.sku, tier: MYSQL_SKUS[mysql.sku] },
        storage: { storageSizeGB: mysql.storageGb, autoGrow: 'Enabled' },
      },
      { parent: this, protect: keeps('mysql'), ignoreChanges: ['storage.storageSizeGB'] },
    );
  }

  #database(server: Server): MysqlDatabase {
    return new MysqlDatabase(
      'mysql-database',
      {
        serverName: server.name,
        resourceGroupName: this.#group,
        databaseName: NAME,
        charset: 'utf8mb4',
        collation: 'utf8mb4_0900_ai_ci',
      },
      { parent: this, protect: this.#context.keeps('mysql') },
    );
  }
}
