import type { IncomingMessage } from 'node:http';
import { badRequest } from '../appservice/arm-error.ts';
import type { SlotName } from '../appservice/worker.ts';
import { componentAnnotations } from './annotations.ts';
import { type Answer, notFound, ok } from './answer.ts';
import { assertApiVersion, type Provider } from './api-version.ts';
import { appSettingRoutes } from './app-settings.ts';
import { configReferenceRoutes } from './config-references.ts';
import { resourceGroup, subscription } from './groups.ts';
import { lifecycleRoutes } from './lifecycle.ts';
import { type Plane, slotHost } from './plane.ts';
import { findRoute, MethodNotAllowed, type Route } from './route.ts';
import { scmRoutes } from './scm.ts';
import { type Scope, scopeOf } from './scope.ts';
import { siteContainerRoutes } from './site-containers.ts';
import { siteBody, siteRoutes } from './sites.ts';
import { slotConfigNameRoutes } from './slot-config-names.ts';
import { storageAccountRoutes } from './storage-accounts.ts';
import { listKeys } from './storage-keys.ts';
import { swapRoutes } from './swaps.ts';
import { webConfigRoutes } from './web-config.ts';

const SLOTS: readonly SlotName[] = ['production', 'staging'];

const ROUTES: readonly Route[] = [
  ...siteRoutes,
  ...appSettingRoutes,
  ...slotConfigNameRoutes,
  ...webConfigRoutes,
  ...storageAccountRoutes,
  ...siteContainerRoutes,
  ...swapRoutes,
  ...lifecycleRoutes,
  ...configReferenceRoutes,
];

/** Finds who answers: the SCM site of a slot below `/scm/`, else ARM. */
export async function dispatch(plane: Plane, request: IncomingMessage): Promise<Answer> {
  const url = URL.parse(`${plane.endpoint}${request.url ?? '/'}`);
  if (url === null) throw badRequest('The request URI is not a path with a query.');
  const segments = segmentsOf(url.pathname);
  const method = request.method ?? '';
  const [first, ...below] = segments;
  if (first === 'scm') {
    const [host, ...rest] = below;
    const slot = SLOTS.find((name) => slotHost(plane, name).toLowerCase() === host?.toLowerCase());
    if (slot === undefined) throw notFound(`There is no SCM site of the name '${(host ?? '').slice(0, 100)}'.`);
    return run(plane, request, url, slot, scmRoutes, rest);
  }
  assertApiVersion(url.searchParams, providerOf(segments));
  const scope = scopeOf(plane, segments);
  if (scope.kind === 'storageAccount') return listKeys(plane, method, scope);
  if (scope.kind === 'component') return componentAnnotations(plane, request, url.searchParams, scope);
  if (scope.kind !== 'site') return listing(plane, scope.kind, method);
  const routes = scope.onSlot ? ROUTES.filter(({ appOnly }) => appOnly !== true) : ROUTES;
  return run(plane, request, url, scope.slot, routes, scope.rest);
}

async function run(
  plane: Plane,
  request: IncomingMessage,
  url: URL,
  slot: SlotName,
  routes: readonly Route[],
  segments: readonly string[],
): Promise<Answer> {
  const { route, values } = findRoute(routes, request.method ?? '', segments);
  return route.handle({ plane, slot, values, query: url.searchParams, request });
}

function listing(
  plane: Plane,
  kind: Exclude<Scope['kind'], 'site' | 'storageAccount' | 'component'>,
  method: string,
): Answer {
  if (method !== 'GET') throw new MethodNotAllowed(method, ['GET']);
  switch (kind) {
    case 'subscription':
      return subscription(plane);
    case 'resourceGroup':
      return resourceGroup(plane);
    case 'sites':
      return ok({ value: [siteBody(plane, 'production')] });
    case 'slots':
      return ok({ value: [siteBody(plane, 'staging')] });
  }
}

function providerOf(segments: readonly string[]): Provider {
  const names = segments.map((segment) => segment.toLowerCase());
  if (names.includes('microsoft.web')) return 'Microsoft.Web';
  if (names.includes('microsoft.insights')) return 'Microsoft.Insights';
  return names.includes('microsoft.storage') ? 'Microsoft.Storage' : 'Microsoft.Resources';
}

function segmentsOf(path: string): string[] {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest('The request URI is not properly encoded.');
  }
}
