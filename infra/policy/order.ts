import { kindOf, ofKind, textAt } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { type Finding, type HouseRule, siteKey } from './rule.ts';

/** Whether one resource waits for another, directly or through others. */
class Order {
  readonly #before = new Map<string, ReadonlySet<string>>();
  readonly #direct: ReadonlyMap<string, readonly string[]>;

  constructor({ resources }: Evaluation) {
    this.#direct = new Map(resources.map(({ urn, dependencies }) => [urn, dependencies]));
  }

  waits(later: RecordedResource, earlier: RecordedResource): boolean {
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

export const inOrder: HouseRule = {
  name: 'dependency order',
  about: 'What stops a first `up` when it comes too early, waits for what it needs.',
  findings: (evaluation) => {
    const order = new Order(evaluation);
    return [
      ...mysqlAfterItsName(evaluation, order),
      ...sitesAfterWhatTheyNeed(evaluation, order),
      ...containersAfterSettings(evaluation, order),
      ...doorGuarded(evaluation, order),
      ...locksLast(evaluation, order),
      ...oneAtATime(evaluation, order),
    ];
  },
};

/** The zone's link has to exist before the server. */
function mysqlAfterItsName(evaluation: Evaluation, order: Order): Finding[] {
  const links = ofKind(evaluation, 'privatedns:VirtualNetworkLink');
  return ofKind(evaluation, 'dbformysql:Server').flatMap((server) =>
    links
      .filter((link) =>
        textAt(server, 'network.privateDnsZoneResourceId').endsWith(`/${textAt(link, 'privateZoneName')}`),
      )
      .filter((link) => !order.waits(server, link))
      .map((link) => missing(server, link)),
  );
}

/** Roles, secrets, and names in the network come before the sites that use them. */
function sitesAfterWhatTheyNeed(evaluation: Evaluation, order: Order): Finding[] {
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
      identities.some((each) => order.waits(role, each)),
    ),
  ];
  return ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot').flatMap((site) =>
    needed.filter((each) => !order.waits(site, each)).map((each) => missing(site, each)),
  );
}

/** A name that is no setting yet arrives empty. */
function containersAfterSettings(evaluation: Evaluation, order: Order): Finding[] {
  const settings = ofKind(evaluation, 'web:WebAppApplicationSettings', 'web:WebAppApplicationSettingsSlot');
  return ofKind(evaluation, 'web:WebAppSiteContainer', 'web:WebAppSiteContainerSlot').flatMap((container) =>
    settings
      .filter((each) => siteKey(each) === siteKey(container) && !order.waits(container, each))
      .map((each) => missing(container, each)),
  );
}

/** No route without its origin and the WAF. */
function doorGuarded(evaluation: Evaluation, order: Order): Finding[] {
  const guards = ofKind(evaluation, 'cdn:SecurityPolicy');
  return ofKind(evaluation, 'cdn:Route').flatMap((route) => {
    const group = textAt(route, 'originGroup.id');
    const origins = ofKind(evaluation, 'cdn:AFDOrigin').filter((origin) => origin.id.startsWith(`${group}/`));
    return [...guards, ...origins].filter((each) => !order.waits(route, each)).map((each) => missing(route, each));
  });
}

/** A lock holds everything below it, so it has to go first, so it has to come last. */
function locksLast(evaluation: Evaluation, order: Order): Finding[] {
  return ofKind(evaluation, 'authorization:ManagementLockByScope').flatMap((lock) =>
    evaluation.resources
      .filter((each) => each !== lock && each.id.startsWith(`${textAt(lock, 'scope')}/`))
      .filter((each) => !order.waits(lock, each))
      .map((each) => missing(lock, each)),
  );
}

/** What Azure takes one at a time: subnets of a network, parameters of a server, writes to a site. */
const ONE_AT_A_TIME: readonly { readonly kinds: RegExp; readonly per: (resource: RecordedResource) => string }[] = [
  { kinds: /^network:Subnet$/, per: (subnet) => textAt(subnet, 'virtualNetworkName') },
  { kinds: /^dbformysql:(Configuration|Database)$/, per: (parameter) => textAt(parameter, 'serverName') },
  {
    kinds:
      /^web:WebApp(ApplicationSettings|AzureStorageAccounts|FtpAllowed|ScmAllowed|SiteContainer|SlotConfigurationNames)(Slot)?$/,
    per: siteKey,
  },
];

function oneAtATime({ resources }: Evaluation, order: Order): Finding[] {
  return ONE_AT_A_TIME.flatMap(({ kinds, per }) => {
    const group = resources.filter((resource) => kinds.test(kindOf(resource)));
    return group.flatMap((a, index) =>
      group
        .slice(index + 1)
        .filter((b) => per(a) === per(b) && !order.waits(a, b) && !order.waits(b, a))
        .map((b) => ({ resource: a.name, problem: `is written at the same time as ${b.name}` })),
    );
  });
}

function missing(later: RecordedResource, earlier: RecordedResource): Finding {
  return { resource: later.name, problem: `does not wait for ${earlier.name}` };
}
