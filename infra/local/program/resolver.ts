import { kindOf } from '../../evaluate/inputs.ts';
import { placeholder as marked, type Placeholder, resolvePlaceholders } from '../../evaluate/placeholders.ts';
import type { RecordedResource } from '../../evaluate/recorded.ts';
import { guidFor } from '../../evaluate/subscription.ts';
import { type AppSecrets, vaultSecretName } from '../../lib/app-secrets.ts';
import { textOf } from '../../lib/json.ts';
import type { Secrets } from './secrets.ts';
import type { SystemDefinition } from './system-definition.ts';

export interface Resolver {
  /** A value that exists only after creation; undefined when the region has no counterpart for it. */
  readonly placeholder: (found: Placeholder) => string | undefined;
  /** A Key Vault secret; undefined leaves the reference as its literal text, as App Service does. */
  readonly secret: (vault: string, name: string) => string | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A resolver of one program, which may be followed by a later one of the same region. */
export interface ProgramResolver extends Resolver {
  readonly definition: SystemDefinition;
  adopt(definition: SystemDefinition): void;
}

/** Where the counterparts of this region listen. */
export interface Endpoints {
  readonly mysql: Address;
  readonly redis: Address;
  readonly production: string;
  readonly staging: string;
  readonly ingestion: string;
  blob(account: string): string;
}

const ACCOUNT_KEY_BYTES = 64;

/** The key of a storage account, in base64 as on Azure; generated once. */
export function accountKey(account: string, secrets: Secrets): string {
  return secrets.get(`account-key/${account}`, ACCOUNT_KEY_BYTES, 'base64');
}

/**
 * Replaces each value that Azure would generate at creation by its local counterpart. A value without one stays a
 * placeholder, which shows in the worker's environment as an unresolved reference does on App Service.
 */
export function createResolver(
  initial: SystemDefinition,
  endpoints: Endpoints,
  secrets: Secrets,
  appSecrets: AppSecrets,
): ProgramResolver {
  let definition = initial;
  let byUrn = resourcesByUrn(definition);
  const instrumentationKey = instrumentationKeyOf(secrets);
  const releasesAccount = String(definition.evaluation.outputs.releasesAccount);

  const placeholder = ({ urn, path }: Placeholder): string | undefined => {
    const resource = byUrn.get(urn);
    const input = (key: string) => String(resource?.inputs[key] ?? '');
    switch (`${resource === undefined ? '' : kindOf(resource)} ${path}`) {
      case 'storage:StorageAccount primaryEndpoints.blob':
        return `${endpoints.blob(input('accountName'))}/`;
      case 'storage:StorageAccount listKeys.keys[0].value':
      case 'storage:StorageAccount listKeys.keys[1].value':
        return accountKey(input('accountName'), secrets);
      case 'dbformysql:Server fullyQualifiedDomainName':
        return endpoints.mysql.host;
      case 'dbformysql:Server databasePort':
        return String(endpoints.mysql.port);
      case 'redisenterprise:RedisEnterprise hostName':
      case 'redis:Redis hostName':
        return endpoints.redis.host;
      case 'redisenterprise:Database port':
      case 'redis:Redis sslPort':
        return String(endpoints.redis.port);
      case 'keyvault:Vault properties.vaultUri':
        return `https://${input('vaultName')}.vault.azure.net/`;
      case 'web:WebApp defaultHostName':
        return endpoints.production;
      case 'web:WebAppSlot defaultHostName':
        return endpoints.staging;
      case 'applicationinsights:Component connectionString':
        return `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${endpoints.ingestion};LiveEndpoint=${endpoints.ingestion}`;
      case 'applicationinsights:Component instrumentationKey':
        return instrumentationKey;
    }
    if (path === 'outputs.releasesEndpoint') return `${endpoints.blob(releasesAccount)}/`;
    if (path === 'result') return secrets.get(`${urn}.${path}${generationOf(resource)}`);
    if (path.startsWith('listKeys.')) return secrets.get(`${urn}.${path}`);
    return undefined;
  };

  return {
    get definition() {
      return definition;
    },
    adopt: (next) => {
      definition = next;
      byUrn = resourcesByUrn(next);
    },
    placeholder,
    secret: (vault, name) => {
      const value = definition.vaults.get(vault)?.get(name);
      if (value !== undefined) return resolveText(value, { placeholder });
      const own = Object.entries(appSecrets.read()).find(([setting]) => vaultSecretName(setting) === name);
      return own?.[1];
    },
  };
}

function resourcesByUrn({ evaluation }: SystemDefinition): Map<string, RecordedResource> {
  return new Map(evaluation.resources.map((resource) => [resource.urn, resource]));
}

/** A password of another rotation is another password; the first one has no mark. */
function generationOf(resource: RecordedResource | undefined): string {
  const generation = textOf(resource?.inputs, 'keepers', 'rotation');
  return generation === '' || generation === '1' ? '' : `#${generation}`;
}

/** Of the region's Application Insights component: known to its containers only, as the credential it is. */
export function instrumentationKeyOf(secrets: Secrets): string {
  return guidFor(secrets.get('instrumentation-key'));
}

/** The text with every placeholder that has a counterpart replaced. */
export function resolveText(text: string, { placeholder }: Pick<Resolver, 'placeholder'>): string {
  return resolvePlaceholders(text, (found) => placeholder(found) ?? marked(found));
}
