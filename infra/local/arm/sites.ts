import { asObject, isObject } from '../../lib/json.ts';
import type { SlotName } from '../appservice/worker.ts';
import { ok } from './answer.ts';
import { type Plane, scmHost, siteId, slotHost } from './plane.ts';
import type { Route } from './route.ts';

/** What of `config/web` the site itself shows, as on Azure; the whole of it is at `config/web`. */
const SHOWN_CONFIG = [
  'linuxFxVersion',
  'alwaysOn',
  'http20Enabled',
  'numberOfWorkers',
  'appCommandLine',
  'healthCheckPath',
];

export function siteBody(plane: Plane, slot: SlotName): Record<string, unknown> {
  const { site } = plane;
  const { seen, slots, operation, lastSwap } = site.state;
  const { state, preparation, web } = slots[slot];
  const definition = seen.slots[slot];
  const takesPart = operation?.source === slot || operation?.target === slot;
  const host = plane.hostNames[slot];
  const scm = scmHost(plane, slot);
  return {
    id: siteId(plane, slot),
    name: slot === 'production' ? site.name : `${site.name}/${slot}`,
    type: slot === 'production' ? 'Microsoft.Web/sites' : 'Microsoft.Web/sites/slots',
    kind: 'app,linux',
    location: seen.location,
    ...(definition.identity === undefined ? {} : { identity: resolved(plane, definition.identity) }),
    properties: {
      ...asObject(resolved(plane, definition.properties ?? {})),
      name: slotHost(plane, slot),
      state,
      enabled: state === 'Running',
      availabilityState: 'Normal',
      usageState: 'Normal',
      reserved: true,
      repositorySiteName: site.name,
      resourceGroup: plane.resourceGroup,
      defaultHostName: host,
      hostNames: [host],
      enabledHostNames: [host, scm],
      hostNameSslStates: [
        { name: host, sslState: 'Disabled', hostType: 'Standard' },
        { name: scm, sslState: 'Disabled', hostType: 'Repository' },
      ],
      siteConfig: Object.fromEntries(SHOWN_CONFIG.map((name) => [name, web[name] ?? null])),
      slotSwapStatus: lastSwap ?? null,
      targetSwapSlot: preparation?.target ?? null,
      inProgressOperationId: takesPart ? operation.id : null,
    },
  };
}

/** The program's own words, with what only exists after creation put in; keys too, for identities are keyed by id. */
function resolved(plane: Plane, value: unknown): unknown {
  if (typeof value === 'string') return plane.resolveText(value);
  if (Array.isArray(value)) return value.map((member) => resolved(plane, member));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [plane.resolveText(name), resolved(plane, member)]),
  );
}

export const siteRoutes: readonly Route[] = [
  { method: 'GET', pattern: '', handle: ({ plane, slot }) => ok(siteBody(plane, slot)) },
];
