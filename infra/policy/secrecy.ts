import { inputAt, kindOf, listAt, ofKind, textAt, textsOf } from '../evaluate/inputs.ts';
import { UNKNOWN } from '../evaluate/placeholders.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { expectInput, type Finding, type HouseRule, settingsOf, sitesOf } from './rule.ts';

const SITES = ['web:WebApp', 'web:WebAppSlot'];

export const tlsEverywhere: HouseRule = {
  name: 'TLS everywhere',
  about: 'TLS 1.2 or later on every endpoint and between all parts.',
  findings: (evaluation) => [
    ...expectInput(evaluation, ['storage:StorageAccount'], {
      enableHttpsTrafficOnly: true,
      minimumTlsVersion: 'TLS1_2',
    }),
    ...expectInput(evaluation, SITES, {
      httpsOnly: true,
      'siteConfig.minTlsVersion': '1.2',
      'siteConfig.scmMinTlsVersion': '1.2',
      'siteConfig.ftpsState': 'Disabled',
    }),
    ...expectInput(evaluation, ['redisenterprise:RedisEnterprise'], { minimumTlsVersion: '1.2' }),
    ...expectInput(evaluation, ['redisenterprise:Database'], { clientProtocol: 'Encrypted' }),
    ...expectInput(evaluation, ['redis:Redis'], { enableNonSslPort: false, minimumTlsVersion: '1.2' }),
    ...expectInput(evaluation, ['cdn:Route'], { forwardingProtocol: 'HttpsOnly', httpsRedirect: 'Enabled' }),
    ...expectInput(evaluation, ['cdn:AFDOrigin'], { enforceCertificateNameCheck: true }),
    ...expectInput(evaluation, ['cdn:AFDCustomDomain'], { 'tlsSettings.minimumTlsVersion': 'TLS12' }),
    ...ofKind(evaluation, 'dbformysql:Server')
      .filter((server) => !requiresTls(evaluation, server))
      .map(({ name }) => ({ resource: name, problem: 'require_secure_transport is not set to ON' })),
  ],
};

function requiresTls(evaluation: Evaluation, server: RecordedResource): boolean {
  return ofKind(evaluation, 'dbformysql:Configuration').some(
    (parameter) =>
      [textAt(server, 'serverName'), UNKNOWN].includes(textAt(parameter, 'serverName')) &&
      textAt(parameter, 'configurationName') === 'require_secure_transport' &&
      textAt(parameter, 'value') === 'ON',
  );
}

export const noPublicData: HouseRule = {
  name: 'no public data',
  about: 'Data stores are reachable inside the network only; what hosted pipelines need accepts Entra tokens only.',
  findings: (evaluation) => [
    ...expectInput(evaluation, ['storage:StorageAccount'], { allowBlobPublicAccess: false }),
    ...expectInput(evaluation, ['storage:BlobContainer'], { publicAccess: 'None' }),
    ...expectInput(evaluation, ['redisenterprise:RedisEnterprise', 'redis:Redis'], { publicNetworkAccess: 'Disabled' }),
    ...expectInput(evaluation, ['containerregistry:Registry'], { anonymousPullEnabled: false }),
    ...expectInput(evaluation, ['keyvault:Vault'], { 'properties.enableRbacAuthorization': true }),
    ...ofKind(evaluation, 'storage:StorageAccount')
      .filter((account) => !(isPrivate(account) || inputAt(account, 'allowSharedKeyAccess') === false))
      .map(({ name }) => ({ resource: name, problem: 'reachable from the internet with a key' })),
    // By default a security group does not apply to the private endpoints of its subnet.
    ...ofKind(evaluation, 'network:Subnet')
      .filter(({ id }) => id !== UNKNOWN)
      .filter(({ id }) =>
        ofKind(evaluation, 'network:PrivateEndpoint').some((endpoint) => textAt(endpoint, 'subnet.id') === id),
      )
      .filter((subnet) => textAt(subnet, 'privateEndpointNetworkPolicies') !== 'Enabled')
      .map(({ name }) => ({ resource: name, problem: 'its security group does not apply to private endpoints' })),
    ...ofKind(evaluation, 'dbformysql:Server')
      .filter((server) => textAt(server, 'network.delegatedSubnetResourceId') === '')
      .map(({ name }) => ({ resource: name, problem: 'not inside the network' })),
  ],
};

function isPrivate(account: RecordedResource): boolean {
  return (
    inputAt(account, 'publicNetworkAccess') === 'Disabled' &&
    inputAt(account, 'networkRuleSet.defaultAction') === 'Deny'
  );
}

export const noSharedKeys: HouseRule = {
  name: 'no shared keys',
  about: 'No keys and no basic logins, except for the read-only mount of the media container.',
  findings: (evaluation) => [
    ...ofKind(evaluation, 'storage:StorageAccount')
      .filter((account) => inputAt(account, 'allowSharedKeyAccess') !== false && !isMounted(evaluation, account))
      .map(({ name }) => ({ resource: name, problem: 'its keys work, and no mount needs them' })),
    ...expectInput(evaluation, ['containerregistry:Registry'], { adminUserEnabled: false }),
    ...sitesOf(evaluation).flatMap(({ site, key }) =>
      ['Ftp', 'Scm']
        .filter((login) => !isOff(evaluation, login, key))
        .map((login) => ({ resource: site.name, problem: `basic logins over ${login} are not off` })),
    ),
  ],
};

function isMounted(evaluation: Evaluation, account: RecordedResource): boolean {
  return ofKind(evaluation, 'web:WebAppAzureStorageAccounts').some((mount) =>
    [...textsOf(mount.inputs)].some(
      ({ path, text }) => path.endsWith('.accountName') && text === textAt(account, 'accountName'),
    ),
  );
}

function isOff(evaluation: Evaluation, login: string, key: string): boolean {
  return ofKind(evaluation, `web:WebApp${login}Allowed`, `web:WebApp${login}AllowedSlot`).some(
    (policy) => `${textAt(policy, 'name')}/${textAt(policy, 'slot')}` === key && inputAt(policy, 'allow') === false,
  );
}

/** Names of settings whose value has to be a reference to the vault. */
const SECRET_SETTING = /PASSWORD|TOKEN|SECRET|(ACCESS|ACCOUNT|API|PRIVATE)_?KEY/;

export const identityNotKeys: HouseRule = {
  name: 'identity, not keys',
  about: 'App and slot use the user-assigned identity; their secrets come from the vault.',
  findings: (evaluation) => [
    ...expectInput(evaluation, SITES, { 'identity.type': 'UserAssigned' }),
    ...sitesOf(evaluation)
      .filter(
        ({ site }) =>
          !listAt(site, 'identity.userAssignedIdentities').includes(textAt(site, 'keyVaultReferenceIdentity')),
      )
      .map(({ site }) => ({ resource: site.name, problem: 'does not read the vault as its own identity' })),
    ...expectInput(evaluation, ['web:WebAppSiteContainer', 'web:WebAppSiteContainerSlot'], {
      authType: 'UserAssigned',
      inheritAppSettingsAndConnectionStrings: false,
    }),
    ...sitesOf(evaluation).flatMap(({ site, key }) =>
      Object.entries(settingsOf(evaluation, key))
        .filter(([name, value]) => SECRET_SETTING.test(name) && !String(value).startsWith('@Microsoft.KeyVault('))
        .map(([name]) => ({ resource: site.name, problem: `setting ${name} is no reference to the vault` })),
    ),
  ],
};

/** Names of inputs that are secrets. */
const SECRET_INPUT = /(password|accessKey|accountKey|primaryKey|secondaryKey|clientSecret)$/i;

export const noPlaintextSecret: HouseRule = {
  name: 'no plaintext secret',
  about: 'Secrets are Pulumi secrets everywhere, and in no other input, output or name.',
  findings: (evaluation) => {
    const secrets = new Set(evaluation.resources.flatMap(secretTexts));
    return [
      ...evaluation.resources.flatMap((resource) => plaintext(resource, secrets)),
      ...[...textsOf(evaluation.outputs)]
        .filter(({ path }) => !isBelow(path, evaluation.secretOutputs))
        .filter(({ text }) => holds(text, secrets))
        .map(({ path }) => ({ resource: 'outputs', problem: `${path} holds a secret` })),
    ];
  },
};

function secretTexts(resource: RecordedResource): string[] {
  return [...textsOf(resource.inputs)]
    .filter(({ path, text }) => isBelow(path, resource.secretPaths) && text.length > 7)
    .map(({ text }) => text);
}

function plaintext(resource: RecordedResource, secrets: ReadonlySet<string>): Finding[] {
  return [...textsOf(resource.inputs)]
    .filter(({ path }) => !isBelow(path, resource.secretPaths))
    .filter(({ text }) => !text.startsWith('@Microsoft.KeyVault('))
    .filter(({ path, text }) => SECRET_INPUT.test(path) || isSecretValue(resource, path) || holds(text, secrets))
    .map(({ path }) => ({ resource: resource.name, problem: `${path} is a secret in plain text` }));
}

function isSecretValue(resource: RecordedResource, path: string): boolean {
  return kindOf(resource) === 'keyvault:Secret' && path === 'properties.value';
}

function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`));
}

function holds(text: string, secrets: ReadonlySet<string>): boolean {
  return [...secrets].some((secret) => text.includes(secret));
}
