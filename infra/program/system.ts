import { getClientConfig } from '@pulumi/azure-native/authorization/getClientConfig.js';
import { interpolate, log, type Output, output, RunError, runtime, StackReference } from '@pulumi/pulumi';
import { SlipError } from '../lib/errors.ts';
import { type Context, contextFor } from './base/context.ts';
import { Alerts } from './components/alerts/alerts.ts';
import { Budget } from './components/budget/budget.ts';
import { Cache } from './components/cache/cache.ts';
import { ADMINISTRATOR_SECRET, Database } from './components/database/database.ts';
import { DiagnosticSettings } from './components/diagnostics/diagnostics.ts';
import { FrontDoor } from './components/front-door/front-door.ts';
import { Group } from './components/group/group.ts';
import { Locks } from './components/group/locks.ts';
import { Identity } from './components/identity/identity.ts';
import { Media } from './components/media/media.ts';
import { Network } from './components/network/network.ts';
import { Logs, Observe } from './components/observe/observe.ts';
import { Plan } from './components/plan/plan.ts';
import { ImageRegistry, Releases } from './components/shared/shared.ts';
import { TOKENS, tokenGenerations } from './components/vault/rotation.ts';
import { SEAL_SECRET, Vault } from './components/vault/vault.ts';
import { appSettings, siteContainer } from './components/web/app-settings.ts';
import { ReleasedSettings } from './components/web/released-settings.ts';
import { Web } from './components/web/web.ts';
import { type Config, sidecarDigest } from './config/config.ts';
import { warningsOf } from './config/cross-check.ts';
import { readConfig } from './config/read-config.ts';
import { setDefaultsOfEveryResource } from './resource-defaults.ts';

setDefaultsOfEveryResource();
const context = await orRunError(async () => contextFor(readConfig(runtime.allConfig()), await getClientConfig()));

for (const warning of warningsOf(context.config)) await log.warn(warning);
if (context.config.stage !== 'shared' && !context.present.released) {
  await log.info('alerts on the health of the app are made by the first `up` after the first release');
}

/** The stack's outputs. */
export const outputs = context.config.stage === 'shared' ? sharedSystem(context) : applicationSystem(context);

/** Stage `shared`, once per subscription: registry and releases. */
function sharedSystem(context: Context) {
  const group = new Group(context);
  const logs = new Logs(context, group.name);
  const registry = new ImageRegistry(context, group.name);
  const releases = new Releases(context, group.name);
  const diagnostics = new DiagnosticSettings(logs.workspaceId, [logs, registry, releases]);
  new Locks(context, {
    scopes: { registry: registry.id, releases: releases.accountId },
    after: [registry, releases, diagnostics],
  });
  return {
    resourceGroupName: group.name,
    registryId: registry.id,
    registryName: registry.name,
    registryLoginServer: registry.loginServer,
    releasesAccountId: releases.accountId,
    releasesAccountName: releases.accountName,
    releasesContainerName: releases.containerName,
    releasesEndpoint: releases.endpoint,
  };
}

/** Stages `dev` and `prod`: the application and its infrastructure. */
function applicationSystem(context: Context) {
  const shared = sharedStack(context.config);
  const group = new Group(context);
  const logs = new Logs(context, group.name);
  const observe = new Observe(context, group.name, logs);
  const network = new Network(context, group.name);
  const identity = new Identity(context, group.name);
  const pull = identity.grantPull(context, shared.registryId);

  const vault = new Vault(context, group.name, identity);
  const media = new Media(context, group.name, { identity, network });
  const database = new Database(context, group.name, { vault, network });
  const cache = new Cache(context, group.name, { vault, network });
  addReleaseSecrets(context, vault);

  const plan = new Plan(context, group.name);
  const frontDoor = context.config.edge.enabled ? new FrontDoor(context, group.name) : undefined;
  const prerequisites = [
    ...vault.prerequisites,
    ...media.prerequisites,
    ...database.prerequisites,
    ...cache.prerequisites,
    pull,
  ];
  const web = new Web(context, group.name, {
    plan,
    identity,
    network,
    frontDoorId: frontDoor?.frontDoorId,
    prerequisites,
  });
  const hosts = frontDoor?.addRoutes(web) ?? { slots: web.hostNames, visitors: web.hostNames.production };

  const parts = {
    shared,
    group,
    logs,
    observe,
    network,
    identity,
    vault,
    media,
    database,
    cache,
    plan,
    frontDoor,
    web,
    hosts,
  };
  const released = releasedSettings(context, parts);
  addMonitoringAndLocks(context, parts, released);
  return applicationOutputs(context, parts, released);
}

/** The tokens of the app's internal routes and its cache, and what only releases use. */
function addReleaseSecrets({ config }: Context, vault: Vault): void {
  const { rotation } = config.secrets;
  const tokens = TOKENS.flatMap((token) => tokenGenerations(token, rotation));
  for (const { name, generation } of tokens) vault.generateSecret(name, generation);
  // History bears its seal for as long as the stack lives, so it has no generations.
  vault.generateSecret(SEAL_SECRET, 1, { reader: 'deployer' });
  vault.grantDeployerRead([...tokens.map(({ name }) => name), SEAL_SECRET, ADMINISTRATOR_SECRET]);
}

interface Parts {
  readonly shared: ReturnType<typeof sharedStack>;
  readonly group: Group;
  readonly logs: Logs;
  readonly observe: Observe;
  readonly network: Network;
  readonly identity: Identity;
  readonly vault: Vault;
  readonly media: Media;
  readonly database: Database;
  readonly cache: Cache;
  readonly plan: Plan;
  readonly frontDoor: FrontDoor | undefined;
  readonly web: Web;
  readonly hosts: ReturnType<FrontDoor['addRoutes']>;
}

/** Settings, mounts and site containers, which releases own after creation. */
function releasedSettings({ config }: Context, parts: Parts): ReleasedSettings {
  const { shared, group, observe, identity, vault, media, database, cache, web } = parts;
  const identityClientId = identity.clientId;
  const settings = appSettings({
    config,
    vaultName: vault.name,
    databaseHost: database.host,
    databasePort: database.port,
    databaseName: database.name,
    databaseUser: database.user,
    redisHost: cache.host,
    redisPort: cache.port,
    mediaEndpoint: media.endpoint,
    mediaContainer: media.containerName,
    identityClientId,
    insightsConnectionString: observe.connectionString,
  });
  const digest = sidecarDigest(config);
  const container =
    digest === undefined
      ? undefined
      : siteContainer({ config, digest, loginServer: shared.registryLoginServer, identityClientId });
  return new ReleasedSettings(config, group.name, { web, media, settings, container });
}

/** Alerts, diagnostic settings, locks and budget. */
function addMonitoringAndLocks(context: Context, parts: Parts, released: ReleasedSettings): void {
  const { group, logs, observe, network, vault, media, database, cache, plan, frontDoor, web, hosts } = parts;
  const alerts = new Alerts(context, group.name, {
    observe,
    snapshotVaultId: media.snapshotVaultId,
    host: hosts.visitors,
    watched: {
      plan: plan.id,
      ...(plan.autoscaleId === undefined ? {} : { autoscale: plan.autoscaleId }),
      app: web.appId,
      mysql: database.serverId,
      media: media.accountId,
      ...(media.share === undefined ? {} : { share: interpolate`${media.accountId}/fileServices/default` }),
      vault: vault.id,
      [context.config.cache.kind === 'managed' ? 'cache-managed' : 'cache-classic']: cache.id,
      ...(frontDoor === undefined ? {} : { door: frontDoor.profileId }),
    },
  });
  const sources = [
    logs,
    network,
    vault,
    media,
    database,
    cache,
    plan,
    web,
    ...(frontDoor === undefined ? [] : [frontDoor]),
  ];
  const diagnostics = new DiagnosticSettings(logs.workspaceId, sources);
  new Locks(context, {
    // The slot is below the app, so the app's lock covers both.
    scopes: { app: web.appId, cache: cache.id, media: media.accountId, mysql: database.serverId, vault: vault.id },
    after: [vault, media, database, cache, web, released, diagnostics],
  });
  new Budget(context, { groupId: group.id, actionGroupId: alerts.actionGroupId });
}

/** The stack's outputs, for releases, people and other tools. */
function applicationOutputs(context: Context, parts: Parts, released: ReleasedSettings) {
  const { shared, group, observe, identity, vault, database, media, frontDoor, web, hosts } = parts;
  return {
    subscriptionId: context.subscriptionId,
    location: context.location,
    resourceGroupName: group.name,
    appName: web.appName,
    slotName: web.slotName,
    // With Front Door its endpoints, because the sites then answer nobody else.
    hostNames: hosts.slots,
    visitorHostName: hosts.visitors,
    siteHostNames: web.hostNames,
    customDomainRecords: frontDoor?.domainRecords ?? {},
    // Who reads the application's secrets, which `slipway secret set` puts into the vault.
    appPrincipalId: identity.principalId,
    vaultName: vault.name,
    // Where a release marks its moment.
    insightsId: observe.insightsId,
    databaseAdministrator: database.administrator,
    mediaEndpoint: media.endpoint,
    mediaContainer: media.containerName,
    mediaAccount: media.accountName,
    releasesEndpoint: shared.releasesEndpoint,
    releasesContainer: shared.releasesContainer,
    releasesAccount: shared.releasesAccount,
    registryName: shared.registryName,
    registryLoginServer: shared.registryLoginServer,
    sidecarRepository: context.config.sidecar.repository,
    wanted: released.wanted,
  };
}

/** Outputs of stage `shared`. */
function sharedStack(config: Config) {
  const stack = new StackReference('shared', { name: config.shared.stack });
  const text = (name: string): Output<string> => output(stack.requireOutput(name)).apply((value) => String(value));
  return {
    registryId: text('registryId'),
    registryName: text('registryName'),
    registryLoginServer: text('registryLoginServer'),
    releasesEndpoint: text('releasesEndpoint'),
    releasesContainer: text('releasesContainerName'),
    releasesAccount: text('releasesAccountName'),
  };
}

/** A config that cannot stay is reported without a stack trace. */
async function orRunError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SlipError ? new RunError(error.toText()) : error;
  }
}
