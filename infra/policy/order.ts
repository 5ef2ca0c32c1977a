import { kindOf, ofKind, textAt } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { type Finding, type HouseRule, siteKey } from './rule.ts';

/** Dependencies between resources, transitive ones included. */
class Order {
  readonly #before = new Map<string, ReadonlySet<string>>();
  readonly #direct: ReadonlyMap<string, readonly string[]>;

  constructor({ resources }: Evaluation) {
    this.#direct = new Map(resources.map(({ urn, dependencies }) => [urn, dependencies]));
  }

  waitsFor(later: RecordedResource, earlier: RecordedResource): boolean {
    return this.#allBefore(later.urn).has(earlier.urn);
  }

  #allBefore(urn: string): ReadonlySet<string> {
    const known = this.#before.get(urn);
    if (known !== undefined) return known;
    const all = new Set<string>();
    this.#before.set(urn, all);
    for (const direct of this.#direct.get(urn) ?? []) {
      all.add(direct);
      for (const indirect of this.#allBefore(direct)) all.add(indirect);
    }
    return all;
  }
}

export const dependencyOrder: HouseRule = {
  name: 'dependency order',
  about: 'Resources that Azure would refuse too early depend on what they need.',
  findings: (evaluation) => {
    const order = new Order(evaluation);
    return [
      ...mysqlAfterZoneLink(evaluation, order),
      ...sitesAfterPrerequisites(evaluation, order),
      ...containersAfterSettings(evaluation, order),
      ...routesAfterWaf(evaluation, order),
      ...locksLast(evaluation, order),
      ...joinsAfterSubnets(evaluation, order),
      ...oneAtATime(evaluation, order),
    ];
  },
};

/** The private DNS zone has to be linked to the network before the server is created. */
function mysqlAfterZoneLink(evaluation: Evaluation, order: Order): Finding[] {
  const links = ofKind(evaluation, 'privatedns:VirtualNetworkLink');
  return ofKind(evaluation, 'dbformysql:Server').flatMap((server) =>
    links
      .filter((link) =>
        textAt(server, 'network.privateDnsZoneResourceId').endsWith(`/${textAt(link, 'privateZoneName')}`),
      )
      .filter((link) => !order.waitsFor(server, link))
      .map((link) => missing(server, link)),
  );
}

/** Roles, secrets, data stores and private DNS records come before the sites that use them. */
function sitesAfterPrerequisites(evaluation: Evaluation, order: Order): Finding[] {
  const identities = ofKind(evaluation, 'managedidentity:UserAssignedIdentity');
  const needed = [
    ...ofKind(
      evaluation,
      'keyvault:Secret',
      'network:PrivateDnsZoneGroup',
      'storage:BlobContainer',
      'dbformysql:Database',
    ),
    ...ofKind(evaluation, 'authorization:RoleAssignment').filter((role) =>
      identities.some((each) => order.waitsFor(role, each)),
    ),
  ];
  return ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot').flatMap((site) =>
    needed.filter((each) => !order.waitsFor(site, each)).map((each) => missing(site, each)),
  );
}

/** An environment variable whose setting does not exist yet is empty. */
function containersAfterSettings(evaluation: Evaluation, order: Order): Finding[] {
  const settings = ofKind(evaluation, 'web:WebAppApplicationSettings', 'web:WebAppApplicationSettingsSlot');
  return ofKind(evaluation, 'web:WebAppSiteContainer', 'web:WebAppSiteContainerSlot').flatMap((container) =>
    settings
      .filter((each) => siteKey(each) === siteKey(container) && !order.waitsFor(container, each))
      .map((each) => missing(container, each)),
  );
}

/** A route is created after its origin and the WAF. */
function routesAfterWaf(evaluation: Evaluation, order: Order): Finding[] {
  const guards = ofKind(evaluation, 'cdn:SecurityPolicy');
  return ofKind(evaluation, 'cdn:Route').flatMap((route) => {
    const group = textAt(route, 'originGroup.id');
    const origins = ofKind(evaluation, 'cdn:AFDOrigin').filter((origin) => origin.id.startsWith(`${group}/`));
    return [...guards, ...origins].filter((each) => !order.waitsFor(route, each)).map((each) => missing(route, each));
  });
}

/** Locks are deleted first, so that what is below them can be deleted; hence they are created last. */
function locksLast(evaluation: Evaluation, order: Order): Finding[] {
  return ofKind(evaluation, 'authorization:ManagementLockByScope').flatMap((lock) =>
    evaluation.resources
      .filter((each) => each !== lock && each.id.startsWith(`${textAt(lock, 'scope')}/`))
      .filter((each) => !order.waitsFor(lock, each))
      .map((each) => missing(lock, each)),
  );
}

/** Writes that Azure accepts only one at a time: into a network, parameters of a server, parts of a site. */
const ONE_AT_A_TIME: readonly { readonly kinds: RegExp; readonly per: (resource: RecordedResource) => string }[] = [
  {
    kinds: /^network:(Subnet|PrivateEndpoint)$|^dbformysql:Server$|^web:WebApp(SwiftVirtualNetworkConnection)?(Slot)?$/,
    per: networkOf,
  },
  { kinds: /^dbformysql:(Configuration|Database)$/, per: (parameter) => textAt(parameter, 'serverName') },
  {
    kinds:
      /^web:WebApp(ApplicationSettings|AzureStorageAccounts|FtpAllowed|ScmAllowed|SiteContainer|SlotConfigurationNames|SwiftVirtualNetworkConnection)(Slot)?$/,
    per: siteKey,
  },
];

/** Name of the virtual network that the resource is a subnet of or joins. */
function networkOf(resource: RecordedResource): string {
  const subnetId =
    textAt(resource, 'subnet.id') ||
    textAt(resource, 'network.delegatedSubnetResourceId') ||
    textAt(resource, 'virtualNetworkSubnetId') ||
    textAt(resource, 'subnetResourceId') ||
    textAt(resource, 'virtualNetwork.id');
  return textAt(resource, 'virtualNetworkName') || (/\/virtualNetworks\/([^/]+)/.exec(subnetId)?.[1] ?? '');
}

/** A subnet write puts the whole network into the state Updating, in which Azure refuses what joins it now and then. */
function joinsAfterSubnets(evaluation: Evaluation, order: Order): Finding[] {
  const subnets = ofKind(evaluation, 'network:Subnet');
  return evaluation.resources
    .filter((resource) => kindOf(resource) !== 'network:Subnet' && networkOf(resource) !== '')
    .filter((resource) => kindOf(resource) !== 'network:VirtualNetwork')
    .flatMap((resource) =>
      subnets
        .filter((subnet) => networkOf(subnet) === networkOf(resource) && !order.waitsFor(resource, subnet))
        .map((subnet) => missing(resource, subnet)),
    );
}

function oneAtATime({ resources }: Evaluation, order: Order): Finding[] {
  return ONE_AT_A_TIME.flatMap(({ kinds, per }) => {
    const group = resources.filter((resource) => kinds.test(kindOf(resource)));
    return group.flatMap((a, index) =>
      group
        .slice(index + 1)
        .filter((b) => per(a) === per(b) && !order.waitsFor(a, b) && !order.waitsFor(b, a))
        .map((b) => ({ resource: a.name, problem: `is written at the same time as ${b.name}` })),
    );
  });
}

function missing(later: RecordedResource, earlier: RecordedResource): Finding {
  return { resource: later.name, problem: `does not wait for ${earlier.name}` };
}
