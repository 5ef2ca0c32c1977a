import { inputAt, kindOf, ofKind, textAt, textsOf } from '../evaluate/inputs.ts';
import { findPlaceholders } from '../evaluate/placeholders.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { settingsOf, siteKey } from '../policy/rule.ts';

/** Groups of the diagram, from the visitor inwards. */
export const PLACES = ['edge', 'app', 'data', 'watch', 'shared'] as const;
export type Place = (typeof PLACES)[number];

export interface Part {
  readonly urn: string;
  readonly label: string;
  readonly place: Place;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  /** Settings or paths that make the link. */
  readonly why: readonly string[];
}

/** Nodes and edges of the system diagram. */
export interface Shape {
  readonly parts: readonly Part[];
  readonly links: readonly Link[];
}

/** Node of the visitors; not a resource. */
export const VISITORS = 'visitors';

/** Types that are nodes of the diagram. */
const DRAWN: Readonly<Record<string, { readonly label: string; readonly place: Place }>> = {
  'cdn:AFDEndpoint': { label: 'Front Door', place: 'edge' },
  'web:WebApp': { label: 'web app: production', place: 'app' },
  'web:WebAppSlot': { label: 'slot: staging', place: 'app' },
  'web:WebAppSiteContainer': { label: 'sidecar of production', place: 'app' },
  'web:WebAppSiteContainerSlot': { label: 'sidecar of staging', place: 'app' },
  'dbformysql:Server': { label: 'MySQL', place: 'data' },
  'redisenterprise:RedisEnterprise': { label: 'Redis', place: 'data' },
  'redis:Redis': { label: 'Redis', place: 'data' },
  'storage:StorageAccount': { label: 'Blob', place: 'data' },
  'keyvault:Vault': { label: 'Key Vault', place: 'data' },
  'applicationinsights:Component': { label: 'Application Insights', place: 'watch' },
  'operationalinsights:Workspace': { label: 'Log Analytics', place: 'watch' },
  'containerregistry:Registry': { label: 'registry', place: 'shared' },
};

/** The diagram of an evaluated program, made from its resources and their references. */
export function shapeOf(evaluation: Evaluation): Shape {
  const parts = evaluation.resources.flatMap((resource) => {
    const drawn = DRAWN[kindOf(resource)];
    return drawn === undefined
      ? []
      : [{ urn: resource.urn, label: labelOf(resource, drawn.label), place: drawn.place }];
  });
  const links = [
    ...visits(evaluation),
    ...routes(evaluation),
    ...asked(evaluation),
    ...loopback(evaluation),
    ...mounts(evaluation),
    ...logs(evaluation),
  ];
  const known = new Set([VISITORS, ...parts.map(({ urn }) => urn)]);
  return { parts, links: merged(links.filter(({ from, to }) => known.has(from) && known.has(to))) };
}

function labelOf(resource: RecordedResource, label: string): string {
  return kindOf(resource) === 'cdn:AFDEndpoint' ? `${label}: ${resource.name.replace('door-', '')}` : label;
}

/** Visitors come through Front Door, or straight to the sites where there is none. */
function visits(evaluation: Evaluation): Link[] {
  const doors = ofKind(evaluation, 'cdn:AFDEndpoint');
  const entries = doors.length > 0 ? doors : ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot');
  return entries.map(({ urn }) => ({ from: VISITORS, to: urn, why: ['https'] }));
}

/** An endpoint leads to the site that the origins of its routes name. */
function routes(evaluation: Evaluation): Link[] {
  return ofKind(evaluation, 'cdn:Route').flatMap((route) => {
    const endpoint = ofKind(evaluation, 'cdn:AFDEndpoint').find(
      (each) => textAt(each, 'endpointName') === textAt(route, 'endpointName'),
    );
    const group = `${textAt(route, 'originGroup.id')}/`;
    return ofKind(evaluation, 'cdn:AFDOrigin')
      .filter((origin) => origin.id.startsWith(group))
      .flatMap((origin) => findPlaceholders(textAt(origin, 'hostName')))
      .flatMap(({ urn }) => (endpoint === undefined ? [] : [{ from: endpoint.urn, to: urn, why: patterns(route) }]));
  });
}

function patterns(route: RecordedResource): string[] {
  return [...textsOf(inputAt(route, 'patternsToMatch'))].map(({ text }) => text);
}

/** Sites and sidecars ask what their settings refer to. A sidecar sees only the settings it names. */
function asked(evaluation: Evaluation): Link[] {
  const vault = ofKind(evaluation, 'keyvault:Vault')[0];
  const linksOf = (from: string, key: string, names?: readonly string[]): Link[] =>
    Object.entries(settingsOf(evaluation, key))
      .filter(([name]) => names === undefined || names.includes(name))
      .flatMap(([name, value]) => {
        const text = String(value);
        const secret = text.startsWith('@Microsoft.KeyVault(') && vault !== undefined ? [vault.urn] : [];
        return [...findPlaceholders(text).map(({ urn }) => urn), ...secret].map((to) => ({ from, to, why: [name] }));
      });
  return [
    ...ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot').flatMap((site) =>
      linksOf(site.urn, siteKey(site)).filter(({ why }) => !SIDECARS_OWN.test(why[0] ?? '')),
    ),
    ...containers(evaluation).flatMap((container) => {
      const names = [...textsOf(inputAt(container, 'environmentVariables'))].map(({ text }) => text);
      return linksOf(container.urn, siteKey(container), names);
    }),
  ];
}

/** Settings that only the sidecar reads, though the site has them. */
const SIDECARS_OWN = /^(MEDIA_BLOB_ENDPOINT|APPLICATIONINSIGHTS_)/;

function containers(evaluation: Evaluation): RecordedResource[] {
  return ofKind(evaluation, 'web:WebAppSiteContainer', 'web:WebAppSiteContainerSlot');
}

/** A sidecar and its site share the loopback interface. */
function loopback(evaluation: Evaluation): Link[] {
  return ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot').flatMap((site) =>
    containers(evaluation)
      .filter((container) => siteKey(container) === siteKey(site))
      .map((container) => ({ from: site.urn, to: container.urn, why: ['loopback', '/home'] })),
  );
}

/** A site reads the containers that are mounted in it. */
function mounts(evaluation: Evaluation): Link[] {
  const kinds = ['web:WebAppAzureStorageAccounts', 'web:WebAppAzureStorageAccountsSlot'];
  return ofKind(evaluation, ...kinds).flatMap((mount) => {
    const accounts = [...textsOf(mount.inputs)]
      .filter(({ path }) => path.endsWith('.accountName'))
      .map(({ text }) => text);
    return ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot')
      .filter((site) => siteKey(site) === siteKey(mount))
      .flatMap((site) =>
        ofKind(evaluation, 'storage:StorageAccount')
          .filter((account) => accounts.includes(textAt(account, 'accountName')))
          .map((account) => ({ from: site.urn, to: account.urn, why: ['mount, read-only'] })),
      );
  });
}

function logs(evaluation: Evaluation): Link[] {
  return ofKind(evaluation, 'applicationinsights:Component').flatMap((insights) =>
    ofKind(evaluation, 'operationalinsights:Workspace').map(({ urn }) => ({
      from: insights.urn,
      to: urn,
      why: ['kept in'],
    })),
  );
}

/** One link per pair, with all its reasons in order. */
function merged(links: readonly Link[]): Link[] {
  const pairs = new Map<string, Link>();
  for (const link of links) {
    const key = `${link.from} ${link.to}`;
    const why = new Set([...(pairs.get(key)?.why ?? []), ...link.why]);
    pairs.set(key, { ...link, why: [...why].sort() });
  }
  return [...pairs.values()];
}
