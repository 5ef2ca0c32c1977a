import { azureTypeName } from '../evaluate/azure-types.ts';
import { inputAt, kindOf, listAt, ofKind, textAt, textsOf } from '../evaluate/inputs.ts';
import { UNKNOWN } from '../evaluate/placeholders.ts';
import type { RecordedResource } from '../evaluate/recorded.ts';
import { isJsonObject, type Json } from '../evaluate/values.ts';
import { RUNBOOKS } from '../program/components/alerts/runbooks.ts';
import { DIAGNOSTICS, type Diagnostics, diagnosticsOf } from '../program/components/diagnostics/categories.ts';
import type { HouseRule } from './rule.ts';

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
