import { createRequire } from 'node:module';
import type { ConfigurationArgs } from '@pulumi/azure-native/dbformysql/configuration.js';
import type { DatabaseArgs } from '@pulumi/azure-native/dbformysql/database.js';
import type { GetServerResult } from '@pulumi/azure-native/dbformysql/getServer.js';
import type { ServerArgs } from '@pulumi/azure-native/dbformysql/server.js';
import { CustomResource, type CustomResourceOptions, type Inputs, type Output, runtime } from '@pulumi/pulumi';
import { AZURE_API } from '../../lib/azure-api-versions.ts';

/**
 * MySQL flexible server by an API version that azure-native's own classes do not have: theirs are 2024-02-01-preview and
 * 2023-12-30, with which version 8.4 cannot be created. azure-native takes any version as a parameterized package. These
 * three classes are what `pulumi package add azure-native dbformysql 2024-12-30` would generate, and their arguments are
 * those of the versions beside it. https://www.pulumi.com/registry/packages/azure-native/version-guide
 */
const MODULE = 'dbformysql';
const VERSION = `v${AZURE_API.mysql.replaceAll('-', '')}`;
export const MYSQL_PACKAGE = `azure-native_${MODULE}_${VERSION}`;

/** Of azure-native, which is the base of the package and has the same version. */
const { version: baseVersion }: { version: string } = createRequire(import.meta.url)(
  '@pulumi/azure-native/package.json',
);

/** azure-native's parameter is itself base64 (provider_parameterize.go), and Pulumi wants any parameter as base64. */
function packageReference(): Promise<string> {
  const parameter = base64(JSON.stringify({ module: MODULE, version: VERSION }));
  return runtime.registerPackage({
    baseProviderName: 'azure-native',
    baseProviderVersion: baseVersion,
    baseProviderDownloadUrl: '',
    packageName: MYSQL_PACKAGE,
    packageVersion: baseVersion,
    base64Parameter: base64(parameter),
  });
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** The present size of a server's storage. Rejects when there is no such server. */
export async function mysqlStorageGb(server: {
  readonly resourceGroupName: string;
  readonly serverName: string;
}): Promise<number | undefined> {
  const token = `${MYSQL_PACKAGE}:${MODULE}:getServer`;
  const { storage }: Partial<GetServerResult> = await runtime.invoke(token, server, {}, packageReference());
  return storage?.storageSizeGB;
}

/** A resource of the package. Stacks made with azure-native's own class keep theirs, by an alias of its type. */
abstract class MysqlResource extends CustomResource {
  declare readonly name: Output<string>;

  constructor(type: string, name: string, inputs: Inputs, options: CustomResourceOptions) {
    const aliases = [{ type: `azure-native:${MODULE}:${type}` }];
    super(
      `${MYSQL_PACKAGE}:${MODULE}:${type}`,
      name,
      { ...inputs, name: undefined },
      { ...options, aliases },
      false,
      packageReference(),
    );
  }
}

export class Server extends MysqlResource {
  declare readonly fullyQualifiedDomainName: Output<string>;
  /** Absent from the answers of API versions that let nobody choose it. */
  declare readonly databasePort: Output<number | undefined>;

  constructor(name: string, args: ServerArgs, options: CustomResourceOptions) {
    super('Server', name, { ...args, fullyQualifiedDomainName: undefined, databasePort: undefined }, options);
  }
}

export class Database extends MysqlResource {
  constructor(name: string, args: DatabaseArgs, options: CustomResourceOptions) {
    super('Database', name, args, options);
  }
}

export class Configuration extends MysqlResource {
  constructor(name: string, args: ConfigurationArgs, options: CustomResourceOptions) {
    super('Configuration', name, args, options);
  }
}
