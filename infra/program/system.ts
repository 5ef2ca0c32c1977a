import { getClientConfig } from '@pulumi/azure-native/authorization/getClientConfig.js';
import { interpolate, RunError, runtime, StackReference } from '@pulumi/pulumi';
import { SlipError } from '../errors.ts';
import { appSettings, siteContainer } from './app-settings.ts';
import { Cache } from './components/cache.ts';
import { Database } from './components/database.ts';
import { Group } from './components/group.ts';
import { grant, Identity } from './components/identity.ts';
import { Media } from './components/media.ts';
import { Observe } from './components/observe.ts';
import { Plan } from './components/plan.ts';
import { ReleasedSettings } from './components/settings.ts';
import { ImageRegistry, Releases } from './components/shared.ts';
import { Vault } from './components/vault.ts';
import { Web } from './components/web.ts';
import { type Config, readConfig } from './config.ts';
import { type Context, contextFor } from './context.ts';

const context = contextFor(configOrRefusal(), await getClientConfig());

/** The stack's outputs. */
export const outputs = context.config.stage === 'shared' ? sharedSystem(context) : applicationSystem(context);

/** Once per subscription: what stages are promoted with. */
function sharedSystem(context: Context) {
  const group = new Group(context);
  const registry = new ImageRegistry(context, group.name);
  const releases = new Releases(context, group.name);
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

/** `dev` and `prod`: the application and everything it stands on. */
function applicationSystem(context: Context) {
  const { config } = context;
  const shared = new StackReference('shared', { name: config.shared.stack });
  const group = new Group(context);
  const identity = new Identity(context, group.name);
  const observe = new Observe(context, group.name);
  const vault = new Vault(context, group.name, identity);
  const media = new Media(context, group.name, identity);
  const database = new Database(context, group.name, vault);
  const cache = new Cache(context, group.name, vault);
  vault.generate('cache-api-token');
  vault.generate('release-token');

  const pull = grant(context, {
    name: 'app-pulls-images',
    principalId: identity.principalId,
    role: 'acrPull',
    scope: shared.requireOutput('registryId'),
    parent: identity,
  });
  const plan = new Plan(context, group.name);
  const before = [...vault.readable, ...media.writable, pull];
  const web = new Web(context, group.name, { plan, identity, before });
  const settings = appSettings({
    config,
    vaultName: vault.name,
    databaseHost: database.host,
    databaseName: database.name,
    databaseUser: database.user,
    redisHost: cache.host,
    mediaEndpoint: media.endpoint,
    mediaContainer: media.containerName,
    identityClientId: identity.clientId,
    insightsConnectionString: observe.connectionString,
  });
  const loginServer = interpolate`${shared.requireOutput('registryLoginServer')}`;
  const container =
    config.sidecar.digest === ''
      ? undefined
      : siteContainer({ config, loginServer, identityClientId: identity.clientId });
  const released = new ReleasedSettings(context, group.name, { web, media, settings, container });

  return {
    subscriptionId: context.subscriptionId,
    resourceGroupName: group.name,
    location: context.location,
    appName: web.appName,
    slotName: web.slotName,
    hostNames: web.hostNames,
    vaultName: vault.name,
    mediaEndpoint: media.endpoint,
    mediaContainer: media.containerName,
    mediaAccount: media.accountName,
    releasesEndpoint: shared.requireOutput('releasesEndpoint'),
    releasesContainer: shared.requireOutput('releasesContainerName'),
    releasesAccount: shared.requireOutput('releasesAccountName'),
    registryLoginServer: shared.requireOutput('registryLoginServer'),
    registryName: shared.requireOutput('registryName'),
    sidecarRepository: config.sidecar.repository,
    wanted: released.wanted,
  };
}

/** A config that cannot stay so is the user's to mend: no stack trace. */
function configOrRefusal(): Config {
  try {
    return readConfig(runtime.allConfig());
  } catch (error) {
    throw error instanceof SlipError ? new RunError(error.toText()) : error;
  }
}
