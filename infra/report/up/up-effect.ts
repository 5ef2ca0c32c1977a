import { kindOf, ofKind, textAt } from '../../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../../evaluate/recorded.ts';
import { difference } from '../difference.ts';
import { refusalOf, restartsOf, type Site } from './azure-updates.ts';

/** What an `up` does to an existing stack. Resources are named as in the program. */
export interface UpEffect {
  /** Protected ones that would be replaced or deleted. The `up` ends before it changes anything. */
  readonly isProtected: readonly string[];
  /** Updates that Azure refuses, with its reason. */
  readonly refusals: readonly { readonly name: string; readonly path: string; readonly because: string }[];
  /** Resources that stay because a lock holds them; Azure refuses to delete them. */
  readonly locked: readonly string[];
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly replaced: readonly string[];
  /** With the paths of the inputs that are written. */
  readonly updated: readonly { readonly name: string; readonly paths: readonly string[] }[];
  /** Sites whose container is started again at once, without a warm-up. */
  readonly restarts: readonly Site[];
  /** Outputs that the next release takes, such as `wanted.stack`. */
  readonly released: readonly string[];
}

export function upEffect(before: Evaluation, after: Evaluation): UpEffect {
  const { added, removed, changed, replaced, refused, outputs } = difference(before, after);
  const [old, now] = [byLabel(before), byLabel(after)];
  const written = { ...changed, ...followers(after, replaced) };
  const updated = Object.entries(written).filter(([label]) => !replaced.includes(label));
  const released = outputs.filter((path) => path.startsWith('wanted.'));
  const nothing = {
    created: [],
    deleted: [],
    replaced: [],
    updated: [],
    refusals: [],
    locked: [],
    restarts: [],
    released: [],
  };
  if (refused.length > 0) return { ...nothing, isProtected: [...new Set(refused.map(nameOf))] };
  const refusals = updated.flatMap(([label, paths]) =>
    paths.flatMap((path) => {
      const [was, is] = [old.get(label), now.get(label)];
      const because = was === undefined || is === undefined ? undefined : refusalOf(was, is, path);
      return because === undefined ? [] : [{ name: nameOf(label), path, because }];
    }),
  );
  const held = locked(before, after);
  const isHeld = (label: string): boolean => held.includes(old.get(label)?.urn ?? '');
  const deleted = removed.filter((label) => !isHeld(label));
  const restarts = [
    ...[...added, ...replaced].flatMap((label) => restartsOf(kindOfLabel(label), 'created')),
    ...deleted.flatMap((label) => restartsOf(kindOfLabel(label), 'deleted')),
    ...updated.flatMap(([label, paths]) => paths.flatMap((path) => restartsOf(kindOfLabel(label), path))),
  ];
  return {
    isProtected: [],
    refusals,
    locked: [...removed, ...replaced].filter(isHeld).map(nameOf),
    created: added.map(nameOf),
    deleted: deleted.map(nameOf),
    replaced: replaced.map(nameOf),
    updated: updated.map(([label, paths]) => ({ name: nameOf(label), paths })),
    restarts: [...new Set(restarts)].toSorted(),
    released,
  };
}

/**
 * URNs of what lies below a lock that stays: it cannot be deleted.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
function locked(before: Evaluation, after: Evaluation): string[] {
  const stays = new Set(after.resources.map(({ urn }) => urn));
  const scopes = ofKind(before, 'authorization:ManagementLockByScope')
    .filter(({ urn }) => stays.has(urn))
    .map((lock) => textAt(lock, 'scope'));
  return before.resources
    .filter(({ id }) => scopes.some((scope) => id.startsWith(`${scope}/`)))
    .filter((resource) => kindOf(resource) !== 'authorization:ManagementLockByScope')
    .map(({ urn }) => urn);
}

/** Inputs that take the value of a replaced password, which an evaluation shows by the same placeholder before and after. */
function followers({ resources }: Evaluation, replaced: readonly string[]): Record<string, string[]> {
  const passwords = resources
    .filter((each) => replaced.includes(labelOf(each)) && kindOf(each).endsWith(':RandomPassword'))
    .map(({ urn }) => urn);
  const follows = resources.map((resource): [string, string[]] => [
    labelOf(resource),
    Object.entries(resource.propertyDependencies)
      .filter(([path, urns]) => urns.some((urn) => passwords.includes(urn)) && !resource.ignoreChanges.includes(path))
      .map(([path]) => path),
  ]);
  return Object.fromEntries(follows.filter(([, paths]) => paths.length > 0));
}

function byLabel({ resources }: Evaluation): Map<string, RecordedResource> {
  return new Map(resources.map((resource) => [labelOf(resource), resource]));
}

/** As in a difference. */
function labelOf(resource: RecordedResource): string {
  return `${kindOf(resource)}::${resource.name}`;
}

function kindOfLabel(label: string): string {
  return label.slice(0, label.indexOf('::'));
}

function nameOf(label: string): string {
  return label.slice(label.indexOf('::') + 2);
}
