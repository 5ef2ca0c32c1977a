import { kindOf } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { resourceRows } from '../report/resource-table.ts';
import { shapeOf, VISITORS } from '../report/shape.ts';
import type { Counterpart, ResourceView, SystemGraph } from './model.ts';
import { HIDDEN } from './redaction.ts';

/** What the region runs in place of each kind. */
const COUNTERPARTS: Readonly<Record<string, Counterpart>> = {
  'web:WebApp': 'production',
  'web:WebAppSlot': 'staging',
  'web:WebAppSiteContainer': 'sidecar-production',
  'web:WebAppSiteContainerSlot': 'sidecar-staging',
  'dbformysql:Server': 'mysql',
  'redisenterprise:RedisEnterprise': 'redis',
  'redis:Redis': 'redis',
  'storage:StorageAccount': 'blob',
  'keyvault:Vault': 'vault',
  'applicationinsights:Component': 'telemetry',
};

/** Names of parts that a box has room for. */
const SHORT_LABELS: Partial<Record<Counterpart, string>> = {
  production: 'Production',
  staging: 'Staging',
  'sidecar-production': 'Sidecar',
  'sidecar-staging': 'Sidecar',
  telemetry: 'Telemetry',
};

/** Groups of kinds that exist on Azure alone, in the order of their lists. */
const AZURE_ONLY: readonly (readonly [label: string, kinds: RegExp])[] = [
  ['Front Door and its firewall', /^(cdn|frontdoor):/],
  ['Autoscale', /^monitor:Autoscale/],
  ['App Service plan', /^web:AppServicePlan$/],
  ['Alerts', /^monitor:(MetricAlert|ScheduledQueryRule|ActionGroup|ActivityLogAlert)|^applicationinsights:WebTest/],
  ['Diagnostics', /^monitor:DiagnosticSetting/],
  ['Workbook', /^applicationinsights:Workbook/],
  ['Log Analytics', /^operationalinsights:/],
  ['Network', /^(network|privatedns):/],
  ['Roles and identity', /^(authorization:RoleAssignment|managedidentity:)/],
  ['Locks', /^authorization:ManagementLock/],
  ['Budget', /^(consumption|costmanagement):/],
  ['Registry', /^containerregistry:/],
];

/** The system as the evaluated program has it, with what the region runs of it. */
export function systemGraph(evaluation: Evaluation): SystemGraph {
  const { parts, links } = shapeOf(evaluation);
  const byUrn = new Map(evaluation.resources.map((resource) => [resource.urn, resource]));
  const drawn = parts.map(({ urn, label, place }) => {
    const resource = byUrn.get(urn);
    const kind = resource === undefined ? '' : kindOf(resource);
    const counterpart = COUNTERPARTS[kind] ?? 'none';
    return { urn, label: SHORT_LABELS[counterpart] ?? label, kind, place, counterpart };
  });
  const custom = evaluation.resources.filter((resource) => resource.custom);
  const azureOnly = AZURE_ONLY.flatMap(([label, kinds]) => {
    const urns = custom.filter((resource) => kinds.test(kindOf(resource))).map(({ urn }) => urn);
    return urns.length === 0 ? [] : [{ label, count: urns.length, urns }];
  });
  const visitors = { urn: VISITORS, label: 'Visitors', kind: '', place: 'visitors', counterpart: 'none' as const };
  return { stage: evaluation.stage, parts: [visitors, ...drawn], links, azureOnly };
}

/** A resource with its inputs; values that the program or their name calls secret are hidden. */
export function resourceView(evaluation: Evaluation, urn: string): ResourceView | undefined {
  const resource = evaluation.resources.find((each) => each.urn === urn);
  if (resource === undefined) return undefined;
  const row = resourceRows(evaluation).find(({ name, type }) => name === resource.name && type === kindOf(resource));
  return {
    urn,
    name: resource.name,
    kind: kindOf(resource),
    azureName: row?.azureName ?? '',
    kept: row?.kept ?? [],
    inputs: flatInputs(resource),
  };
}

function flatInputs(resource: RecordedResource): (readonly [string, string])[] {
  const isSecret = (path: string): boolean =>
    resource.secretPaths.some(
      (secret) => path === secret || path.startsWith(`${secret}.`) || path.startsWith(`${secret}[`),
    );
  return [...leaves(resource.inputs)].map(([path, value]) => [
    path,
    isSecret(path) || hidesValue(path.slice(path.lastIndexOf('.') + 1), value) ? HIDDEN : shortReference(value),
  ]);
}

function* leaves(value: unknown, path = ''): Generator<readonly [string, string]> {
  if (typeof value !== 'object' || value === null) {
    yield [path, String(value)];
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    yield* leaves(member, at);
  }
}

/** By its name a secret, and no reference to one. */
export function hidesValue(name: string, value: string): boolean {
  return (
    /(password|secret|token|accesskey|api_?key|app_key|_key$|connection_?string)/i.test(name) &&
    !/^(@Microsoft\.KeyVault\(|\{\{|true$|false$)/.test(value)
  );
}

/** `{{urn….path}}` → `→ name.path`, `@Microsoft.KeyVault(SecretUri=…/secrets/x)` → `Key Vault: x`. */
export function shortReference(value: string): string {
  return value
    .replace(/^@Microsoft\.KeyVault\(SecretUri=https:\/\/[^/]+\/secrets\/([^/)]+)\/?\)$/, 'Key Vault: $1')
    .replace(/\{\{urn:[^{}]*::([^{}:]+)\}\}/g, '→ $1');
}
