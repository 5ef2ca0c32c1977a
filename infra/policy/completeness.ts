import { azureTypeName } from '../evaluate/azure-types.ts';
import { inputAt, kindOf, listAt, ofKind, textAt, textsOf } from '../evaluate/inputs.ts';
import { UNKNOWN } from '../evaluate/placeholders.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { isJsonObject, type Json } from '../evaluate/values.ts';
import { asObject } from '../lib/json.ts';
import { RUNBOOKS } from '../program/components/alerts/runbooks.ts';
import { DIAGNOSTICS, type Diagnostics, diagnosticsOf } from '../program/components/diagnostics/categories.ts';
import { ROLES } from '../program/components/identity/roles.ts';
import { type Finding, type HouseRule, settingsOf, siteKey, sitesOf } from './rule.ts';

/** Types without tags in Azure. */
const UNTAGGED = [
  'authorization:ManagementLockByScope',
  'authorization:RoleAssignment',
  'cdn:AFDCustomDomain',
  'cdn:AFDOrigin',
  'cdn:AFDOriginGroup',
  'cdn:Route',
  'cdn:SecurityPolicy',
  'consumption:Budget',
  'dbformysql:Configuration',
  'dbformysql:Database',
  'monitor:DiagnosticSetting',
  'network:PrivateDnsZoneGroup',
  'network:Subnet',
  'recoveryservices:ProtectedItem',
  'recoveryservices:ProtectionContainer',
  'recoveryservices:ProtectionPolicy',
  'redisenterprise:Database',
  'storage:BlobContainer',
  'storage:BlobServiceProperties',
  'storage:FileServiceProperties',
  'storage:FileShare',
  'storage:ManagementPolicy',
];
const UNTAGGED_SITE_SETTING =
  /^web:WebApp(ApplicationSettings|AzureStorageAccounts|FtpAllowed|ScmAllowed|SiteContainer|SlotConfigurationNames|SwiftVirtualNetworkConnection)/;

export const tagged: HouseRule = {
  name: 'tags',
  about: 'Every resource with tags names its application, its stage and who manages it.',
  findings: ({ resources }) =>
    resources
      .filter(({ type }) => azureTypeName(type) !== undefined)
      .filter((resource) => !UNTAGGED.includes(kindOf(resource)) && !UNTAGGED_SITE_SETTING.test(kindOf(resource)))
      .flatMap((resource) =>
        ['application', 'stage', 'managed-by']
          .filter((tag) => textAt(resource, `tags.${tag}`) === '')
          .map((tag) => ({ resource: resource.name, problem: `no tag ${tag}` })),
      ),
};

const LOCKED = [
  'containerregistry:Registry',
  'dbformysql:Server',
  'keyvault:Vault',
  'redis:Redis',
  'redisenterprise:RedisEnterprise',
  'storage:StorageAccount',
  'web:WebApp',
];
/** Covered by the lock of what they contain or belong to. */
const PROTECTED_ONLY = [
  'resources:ResourceGroup',
  'dbformysql:Database',
  // Azure deletes no vault that protects something. A lock would also hold what expires.
  'recoveryservices:ProtectedItem',
  'recoveryservices:Vault',
  'redisenterprise:Database',
  'storage:BlobContainer',
  'web:WebAppSlot',
];

export const protectedAndLocked: HouseRule = {
  name: 'locks and protection on data',
  about: 'Data, app and slot are protected in Pulumi and locked in Azure.',
  findings: (evaluation) => {
    const locked = new Set(
      ofKind(evaluation, 'authorization:ManagementLockByScope').map((lock) => textAt(lock, 'scope')),
    );
    return [
      ...ofKind(evaluation, ...LOCKED, ...PROTECTED_ONLY)
        .filter(({ protect }) => !protect)
        .map(({ name }) => ({ resource: name, problem: 'not protected' })),
      ...ofKind(evaluation, ...LOCKED)
        .filter(({ id }) => id !== UNKNOWN && !locked.has(id))
        .map(({ name }) => ({ resource: name, problem: 'not locked' })),
    ];
  },
};

export const diagnosed: HouseRule = {
  name: 'diagnostics everywhere',
  about: 'Every resource with logs or metrics sends all that its type has to the workspace, app and slot separately.',
  findings: (evaluation) => {
    const settings = ofKind(evaluation, 'monitor:DiagnosticSetting');
    return ofKind(evaluation, ...Object.keys(DIAGNOSTICS)).flatMap((resource) => {
      const wanted = diagnosticsOf(kindOf(resource)) ?? {};
      const setting = settings.find((each) => textAt(each, 'resourceUri') === `${resource.id}${wanted.below ?? ''}`);
      if (setting === undefined) return [{ resource: resource.name, problem: 'has no diagnostic setting' }];
      const sent = sentBy(setting);
      return categoriesOf(wanted)
        .filter((category) => !sent.includes(category))
        .map((category) => ({ resource: resource.name, problem: `does not send ${category}` }));
    });
  },
};

function categoriesOf({ logs = [], metrics = [] }: Diagnostics): string[] {
  return [...logs.map((log) => `log ${Object.values(log).join()}`), ...metrics.map((metric) => `metric ${metric}`)];
}

/** The enabled categories of a diagnostic setting. */
function sentBy(setting: RecordedResource): string[] {
  const enabled = (path: string) => listAt(setting, path).filter((each) => isJsonObject(each) && each.enabled === true);
  const category = (each: Json) => (isJsonObject(each) ? String(each.category ?? each.categoryGroup) : '');
  return [
    ...enabled('logs').map((each) => `log ${category(each)}`),
    ...enabled('metrics').map((each) => `metric ${category(each)}`),
  ];
}

export const sidecarEnvironment: HouseRule = {
  name: "the sidecar's environment",
  about: 'Every variable of a site container names an app setting of its site; any other name would be empty.',
  findings: (evaluation) =>
    ofKind(evaluation, 'web:WebAppSiteContainer', 'web:WebAppSiteContainerSlot').flatMap((container) => {
      const settings = settingsOf(evaluation, siteKey(container));
      return [...textsOf(inputAt(container, 'environmentVariables'))]
        .filter(({ path, text }) => path.endsWith('.value') && !(text in settings))
        .map(({ text }) => ({ resource: container.name, problem: `${text} is no app setting of its site` }));
    }),
};

export const stickyComplete: HouseRule = {
  name: 'sticky settings',
  about: 'Exactly the settings that differ between app and slot are sticky.',
  findings: (evaluation) =>
    ofKind(evaluation, 'web:WebAppSlotConfigurationNames').flatMap((names) => {
      const sticky = [...textsOf(inputAt(names, 'appSettingNames'))].map(({ text }) => text);
      const [app, ...slots] = sitesOf(evaluation).map(({ key }) => settingsOf(evaluation, key));
      if (app === undefined) return [];
      const differing = Object.keys({ ...app, ...Object.assign({}, ...slots) }).filter((name) =>
        slots.some((slot) => slot[name] !== app[name]),
      );
      return [
        ...differing
          .filter((name) => !sticky.includes(name))
          .map((name) => ({
            resource: names.name,
            problem: `${name} differs between slots and would be carried along`,
          })),
        ...sticky
          .filter((name) => [app, ...slots].some((settings) => !(name in settings)))
          .map((name) => ({ resource: names.name, problem: `${name} is sticky and not set on every slot` })),
      ];
    }),
};

export const slotsAlike: HouseRule = {
  name: 'app and slot alike',
  about: 'App and slot have the same arguments, because a swap exchanges them; but for what releases start them with.',
  findings: (evaluation) => {
    const [app, ...slots] = ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot');
    if (app === undefined) return [];
    return slots.flatMap((slot) =>
      Object.keys({ ...app.inputs, ...slot.inputs })
        .filter((key) => key !== 'slot')
        .filter((key) => JSON.stringify(sharedInput(app, key)) !== JSON.stringify(sharedInput(slot, key)))
        .map((key) => ({ resource: slot.name, problem: `${key} is not that of ${app.name}` })),
    );
  },
};

function sharedInput({ inputs }: RecordedResource, key: string): unknown {
  if (key !== 'siteConfig') return inputs[key];
  const { linuxFxVersion: _, appCommandLine: __, ...shared } = asObject(inputs.siteConfig);
  return shared;
}

const WARM_UP = {
  WEBSITE_SWAP_WARMUP_PING_PATH: '/_slipway/live',
  WEBSITE_SWAP_WARMUP_PING_STATUSES: '200',
  WEBSITE_WARMUP_PATH: '/_slipway/live',
  WEBSITE_WARMUP_STATUSES: '200',
  WEBSITES_CONTAINER_STOP_TIME_LIMIT: '120',
};

export const warmUp: HouseRule = {
  name: 'warm-up and stop',
  about: 'Only status 200 counts as warm, and a stopping container gets two minutes.',
  findings: (evaluation) =>
    sitesOf(evaluation).flatMap(({ site, key }) => {
      const settings = settingsOf(evaluation, key);
      return Object.entries(WARM_UP)
        .filter(([name, value]) => settings[name] !== value)
        .map(([name, value]) => ({ resource: site.name, problem: `${name} is not ${value}` }));
    }),
};

/** A Key Vault reference; the group is the secret's name. */
const REFERENCE = /^@Microsoft\.KeyVault\(SecretUri=https:\/\/[^/]+\/secrets\/([^/)]+)\)$/;

export const rolesUsed: HouseRule = {
  name: 'role assignments',
  about: 'Every role is for a service principal, on one resource, and needed; every Key Vault reference has one.',
  findings: (evaluation) => {
    const assignments = ofKind(evaluation, 'authorization:RoleAssignment');
    const referred = new Set(sitesOf(evaluation).flatMap(({ key }) => referredSecrets(evaluation, key)));
    const readable = assignments.filter(
      (assignment) => isFor(evaluation, assignment) && hasRole(assignment, 'keyVaultSecretsUser'),
    );
    const secretOf = (scope: string): string => scope.slice(scope.lastIndexOf('/') + 1);
    return [
      ...assignments
        .filter((assignment) => textAt(assignment, 'principalType') !== 'ServicePrincipal')
        .map(({ name }) => ({ resource: name, problem: 'does not say that it is for a service principal' })),
      ...assignments
        .filter((assignment) => !textAt(assignment, 'scope').includes('/providers/'))
        .map(({ name }) => ({ resource: name, problem: 'reaches further than one resource' })),
      ...readable
        .filter((assignment) => !isReferred(secretOf(textAt(assignment, 'scope')), referred))
        .map(({ name }) => ({ resource: name, problem: 'no setting refers to the secret' })),
      ...[...referred]
        .filter((secret) => !readable.some((assignment) => secretOf(textAt(assignment, 'scope')) === secret))
        .map((secret) => ({ resource: secret, problem: "the app's identity may not read it" })),
    ];
  },
};

/** Versions of an earlier or the next rotation refer to another generation of a secret. */
function isReferred(secret: string, referred: ReadonlySet<string>): boolean {
  const base = (name: string): string => name.replace(/-(?:[ab]|\d)$/, '');
  return [...referred].some((name) => base(name) === base(secret));
}

function referredSecrets(evaluation: Evaluation, key: string): string[] {
  return Object.values(settingsOf(evaluation, key)).flatMap(
    (value) => REFERENCE.exec(String(value))?.slice(1, 2) ?? [],
  );
}

type Assignment = ReturnType<typeof ofKind>[number];

function hasRole(assignment: Assignment, role: keyof typeof ROLES): boolean {
  return textAt(assignment, 'roleDefinitionId').endsWith(ROLES[role]);
}

/** Whether the role is for an identity of the program, not for somebody outside it. */
function isFor(evaluation: Evaluation, { dependencies }: Assignment): boolean {
  const identities = ofKind(evaluation, 'managedidentity:UserAssignedIdentity').map(({ urn }) => urn);
  return dependencies.some((urn) => identities.includes(urn));
}

/** Inputs that say which resource it is; a change of one is another resource. */
const IDENTITY = ['containerName', 'name', 'resourceGroupName', 'secretName', 'slot', 'vaultName'];
/** Types whose inputs belong to releases after creation. */
const RELEASED = /^web:WebApp(ApplicationSettings|AzureStorageAccounts|SiteContainer)(Slot)?$/;

export const leftAlone: HouseRule = {
  name: 'what others change is left alone',
  about: 'An `up` does not overwrite what releases, autoscale and Azure change.',
  findings: (evaluation) => [
    ...evaluation.resources
      .filter((resource) => RELEASED.test(kindOf(resource)))
      .flatMap((resource) =>
        writableInputs(resource).map((key) => ({ resource: resource.name, problem: `an \`up\` would write ${key}` })),
      ),
    ...evaluation.resources
      .filter(({ ignoreChanges }) => ignoreChanges.some((path) => path !== 'tags'))
      .flatMap(sendsOld),
    ...ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot')
      .filter((site) => ![undefined, UNKNOWN].some((none) => inputAt(site, 'siteConfig.appSettings') === none))
      .map(({ name }) => ({ resource: name, problem: 'its settings are inline: an `up` would write them' })),
  ],
};

/**
 * Pulumi sends an ignored input with its old value from the state whenever another input changes, so an input that others
 * change may be ignored only where no other one can change. Tags are ours alone: sending old ones undoes nothing.
 */
function sendsOld(resource: RecordedResource): Finding[] {
  const ignored = resource.ignoreChanges.join(', ');
  return writableInputs(resource).map((key) => ({
    resource: resource.name,
    problem: `a change of ${key} would send an old ${ignored}`,
  }));
}

function writableInputs({ inputs, ignoreChanges }: RecordedResource): string[] {
  return Object.keys(inputs).filter((key) => !IDENTITY.includes(key) && !ignoreChanges.includes(key));
}

export const alerting: HouseRule = {
  name: 'alerts reach somebody',
  about: 'Every alert watches something, is on, notifies the action group and names its page of docs/runbooks.',
  findings: (evaluation) => {
    const groups = ofKind(evaluation, 'monitor:ActionGroup').map(({ id }) => id);
    const alerts = ofKind(evaluation, 'monitor:MetricAlert', 'monitor:ScheduledQueryRule');
    const application = ofKind(evaluation, 'web:WebApp').length > 0;
    return [
      ...(application && alerts.length === 0 ? [{ resource: 'alerts', problem: 'there are none' }] : []),
      ...alerts
        .filter((alert) => listAt(alert, 'scopes').length === 0)
        .map(({ name }) => ({ resource: name, problem: 'watches nothing' })),
      ...alerts
        .filter((alert) => inputAt(alert, 'enabled') !== true)
        .map(({ name }) => ({ resource: name, problem: 'is off' })),
      ...alerts
        .filter(() => !groups.includes(UNKNOWN))
        .filter((alert) => ![...textsOf(inputAt(alert, 'actions'))].some(({ text }) => groups.includes(text)))
        .map(({ name }) => ({ resource: name, problem: 'notifies nobody' })),
      ...alerts
        .filter((alert) => !RUNBOOKS.some((page) => textAt(alert, 'description').endsWith(`/${page}.md`)))
        .map(({ name }) => ({ resource: name, problem: 'names no page of docs/runbooks' })),
      ...ofKind(evaluation, 'consumption:Budget')
        .filter((budget) => !warnsInTime(inputAt(budget, 'notifications')))
        .map(({ name }) => ({ resource: name, problem: 'does not warn before the money is spent' })),
    ];
  },
};

/** Whether a notification is sent before all of the budget is spent. */
function warnsInTime(notifications: Json | undefined): boolean {
  const all = isJsonObject(notifications) ? Object.values(notifications) : [];
  return all.some(
    (each) =>
      isJsonObject(each) && each.enabled === true && each.thresholdType === 'Actual' && Number(each.threshold) < 100,
  );
}

/** Text of an Output or of a missing value that was put into a string by mistake. */
const NONSENSE = /\[object Object\]|Calling \[toString\]|\bundefined\b|\bNaN\b/;

export const noNonsense: HouseRule = {
  name: 'no nonsense in inputs',
  about: 'No input contains the text of a missing or unresolved value.',
  findings: ({ resources }) =>
    resources.flatMap((resource) =>
      [...textsOf(resource.inputs)]
        .filter(({ text }) => NONSENSE.test(text))
        .map(({ path, text }) => ({ resource: resource.name, problem: `${path} is ${text.slice(0, 80)}` })),
    ),
};

export const wantedIsWhole: HouseRule = {
  name: 'what a release writes',
  about: 'The exported settings are those of the app, without the sticky ones.',
  findings: (evaluation) => {
    const wanted = evaluation.outputs.wanted;
    const [app] = sitesOf(evaluation);
    if (app === undefined || !isJsonObject(wanted))
      return app === undefined ? [] : [{ resource: 'outputs', problem: 'no wanted' }];
    const { settings, stickySettings } = wanted;
    const sticky = isJsonObject(stickySettings) ? stickySettings.production : undefined;
    const whole = { ...(isJsonObject(settings) ? settings : {}), ...(isJsonObject(sticky) ? sticky : {}) };
    const real = settingsOf(evaluation, app.key);
    return Object.keys({ ...whole, ...real })
      .filter((name) => whole[name] !== real[name])
      .map((name) => ({ resource: 'outputs', problem: `wanted.settings.${name} is not what the app has` }));
  },
};
