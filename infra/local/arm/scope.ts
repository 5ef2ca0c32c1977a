import { ArmError } from '../appservice/arm-error.ts';
import type { SlotName } from '../appservice/worker.ts';
import { notFound } from './answer.ts';
import type { Plane } from './plane.ts';

/** What an ARM path points at. `rest` is what follows the site or slot. */
export type Scope =
  | { readonly kind: 'subscription' | 'resourceGroup' | 'sites' | 'slots' }
  | { readonly kind: 'storageAccount'; readonly account: string; readonly rest: readonly string[] }
  | { readonly kind: 'component'; readonly name: string; readonly rest: readonly string[] }
  | { readonly kind: 'site'; readonly slot: SlotName; readonly onSlot: boolean; readonly rest: readonly string[] };

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

/** Resolves an ARM path. A part that does not exist gives ARM's 404 with its name. Names match in any case. */
export function scopeOf(plane: Plane, segments: readonly string[]): Scope {
  const [subscriptions, subscription, groups, group, providers, provider, sites, site, ...below] = segments;
  if (!same(subscriptions, 'subscriptions')) throw unknownUri();
  if (!same(subscription, plane.subscriptionId)) {
    throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscription ?? ''}' could not be found.`);
  }
  if (groups === undefined) return { kind: 'subscription' };
  if (!same(groups, 'resourceGroups')) throw unknownUri();
  if (!same(group, plane.resourceGroup)) {
    throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group ?? ''}' could not be found.`);
  }
  if (providers === undefined) return { kind: 'resourceGroup' };
  if (same(providers, 'providers') && same(provider, 'Microsoft.Storage') && same(sites, 'storageAccounts')) {
    return { kind: 'storageAccount', account: site ?? '', rest: below };
  }
  if (same(providers, 'providers') && same(provider, 'Microsoft.Insights') && same(sites, 'components')) {
    return { kind: 'component', name: site ?? '', rest: below };
  }
  if (!same(providers, 'providers') || !same(provider, 'Microsoft.Web') || !same(sites, 'sites')) throw unknownUri();
  if (site === undefined) return { kind: 'sites' };
  if (!same(site, plane.site.name)) throw unknownSite(plane, site);
  return withinSite(plane, below);
}

function withinSite(plane: Plane, below: readonly string[]): Scope {
  const [slots, slot, ...rest] = below;
  if (!same(slots, 'slots')) return { kind: 'site', slot: 'production', onSlot: false, rest: below };
  if (slot === undefined) return { kind: 'slots' };
  return { kind: 'site', slot: slotNamed(plane, slot), onSlot: true, rest };
}

export function slotNamed(plane: Plane, name: string): SlotName {
  for (const slot of ['production', 'staging'] as const) if (same(name, slot)) return slot;
  throw unknownSite(plane, `${plane.site.name}/slots/${name}`);
}

function unknownSite(plane: Plane, path: string): ArmError {
  return notFound(
    `The Resource 'Microsoft.Web/sites/${path}' under resource group '${plane.resourceGroup}' was not found.`,
  );
}

const unknownUri = (): ArmError =>
  new ArmError(404, 'NotFound', 'No HTTP resource was found that matches the request URI.');
