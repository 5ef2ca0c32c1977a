import { ComponentResource, interpolate, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { Configuration, Database as MysqlDatabase, Server } from '../../base/mysql-api.ts';
import { resourceNames } from '../../base/naming.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import type { Network } from '../network/network.ts';
import { currentLogin, DATABASE_LOGINS, type DatabaseLogin, loginGeneration } from '../vault/rotation.ts';
import type { Vault } from '../vault/vault.ts';
import { CA_FILE } from '../web/paths.ts';
import { mysqlParameters, mysqlWindow } from './mysql-parameters.ts';
import { MYSQL_SKUS } from './mysql-sizes.ts';

const NAME = 'slipway';
/** Makes the application's logins, when a release tells it to. Fixed at creation. */
const ADMINISTRATOR = 'slipway';
/** The secret with the administrator's password, which the app cannot read. */
export const ADMINISTRATOR_SECRET = 'mysql-administrator-password';
/** Azure's, unless its answer names another. */
const PORT = 3306;
/**
 * `PDO::MYSQL_ATTR_SSL_CA` with PHP's own driver. Doctrine passes this parameter of a URL to PDO, so that a connection uses TLS and checks the
 * server without a line in the application.
 */
const SSL_CA_OPTION = 'driverOptions[1009]';

/** MySQL flexible server, reachable only from the stage's network. */
export class Database extends ComponentResource implements DiagnosticSource {
  readonly host: Output<string>;
  readonly port: Output<string>;
  readonly name = NAME;
  /** The application's present login: all rights on its database and no other. */
  readonly user: string;
  readonly administrator = ADMINISTRATOR;
  readonly serverId: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  /** Resources that have to exist before the app connects. */
  readonly prerequisites: readonly Resource[];
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, { vault, network }: { vault: Vault; network: Network }) {
    super('slipway:program:Database', 'database');
    this.#context = context;
    this.#group = group;
    const { rotation } = context.config.secrets;
    this.user = loginName(currentLogin(rotation));
    const password = vault.generateSecret(ADMINISTRATOR_SECRET, rotation, {
      reader: 'deployer',
      aliases: [{ name: 'database-password' }],
    });
    const server = this.#server(password, network);
    const database = this.#database(server);
    this.prerequisites = [database, ...this.#parameters(server, database)];
    this.host = server.fullyQualifiedDomainName;
    this.port = server.databasePort.apply((port) => String(port ?? PORT));
    const address = interpolate`${this.host}:${this.port}/${NAME}`;
    for (const login of DATABASE_LOGINS) {
      const secret = vault.generateSecret(`database-password-${login}`, loginGeneration(login, rotation));
      vault.addSecret(
        `database-url-${login}`,
        interpolate`mysql://${loginName(login)}:${secret}@${address}?charset=utf8mb4&${SSL_CA_OPTION}=${CA_FILE}`,
      );
    }
    this.serverId = server.id;
    this.diagnosticTargets = [{ name: 'mysql', type: 'dbformysql:Server', id: this.serverId }];
    this.registerOutputs({ host: this.host });
  }

  /** Creation fails unless the private DNS zone is already linked to the network. */
  #server(password: Output<string>, network: Network): Server {
    const { config, names, location, tags, present, isProtected, isRetained } = this.#context;
    const { mysql } = config;
    const { zone, link } = network.privateZone('mysql', `${names.unique}.private.mysql.database.azure.com`);
    return network.join(
      (joined) =>
        new Server(
          'mysql',
          {
            serverName: resourceNames(names).mysql,
            resourceGroupName: this.#group,
            location,
            tags,
            version: mysql.version,
            createMode: 'Default',
            administratorLogin: ADMINISTRATOR,
            administratorLoginPassword: password,
            sku: { name: mysql.sku, tier: MYSQL_SKUS[mysql.sku] },
            storage: {
              // Grown storage cannot shrink; a larger size in the config is wanted.
              storageSizeGB: Math.max(mysql.storageGb, present.mysqlStorageGb ?? 0),
              autoGrow: 'Enabled',
              autoIoScaling: 'Enabled',
              logOnDisk: 'Disabled',
              storageRedundancy: 'LocalRedundancy',
            },
            highAvailability: { mode: mysql.highAvailability },
            backup: {
              backupRetentionDays: mysql.backupDays,
              geoRedundantBackup: mysql.geoBackup ? 'Enabled' : 'Disabled',
            },
            network: { delegatedSubnetResourceId: network.mysqlSubnetId, privateDnsZoneResourceId: zone.id },
            maintenanceWindow: mysqlWindow(mysql.maintenance),
          },
          {
            parent: this,
            dependsOn: [link, ...joined],
            protect: isProtected('mysql'),
            retainOnDelete: isRetained('mysql'),
          },
        ),
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
      { parent: this, deletedWith: server, protect: this.#context.isProtected('mysql') },
    );
  }

  /** One at a time: the server answers ServerIsBusy to a second change. */
  #parameters(server: Server, database: MysqlDatabase): Configuration[] {
    let previous: Resource = database;
    return Object.entries(mysqlParameters(this.#context.config)).map(([configurationName, value]) => {
      const parameter = new Configuration(
        `mysql-${configurationName.replaceAll('_', '-')}`,
        { serverName: server.name, resourceGroupName: this.#group, configurationName, value, source: 'user-override' },
        // On its own, deleting a parameter is a PUT without a value, which Azure may refuse.
        { parent: this, deletedWith: server, dependsOn: [previous] },
      );
      previous = parameter;
      return parameter;
    });
  }
}

function loginName(login: DatabaseLogin): string {
  return `${NAME}_${login}`;
}
