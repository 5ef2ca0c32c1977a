import { kindOf } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { isJsonObject, type Json } from '../evaluate/values.ts';
import { isReplacing } from './up/azure-updates.ts';

/** Changes that an `up` would make between two evaluations. Resources are `<type>::<name>`. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Paths of inputs that would be written, without ignored ones. */
  readonly changed: Readonly<Record<string, readonly string[]>>;
  /** Those of `changed` that would be replaced. */
  readonly replaced: readonly string[];
  /** Protected resources that would be deleted or replaced, directly or with a resource they belong to. */
  readonly refused: readonly string[];
  /** Paths of the stack's outputs. */
  readonly outputs: readonly string[];
}

export function difference(before: Evaluation, after: Evaluation): Difference {
  const old = byUrn(before);
  const now = byUrn(after);
  const gone = [...old].filter(([urn]) => !now.has(urn)).map(([, resource]) => resource);
  const changes = [...now.values()].flatMap((resource) => {
    const previous = old.get(resource.urn);
    const paths = previous === undefined ? [] : written(previous, resource);
    return previous === undefined || paths.length === 0 ? [] : [{ previous, resource, paths }];
  });
  const replaced = changes.filter(({ resource, paths }) => paths.some((path) => isReplacing(resource, path)));
  return {
    added: [...now].filter(([urn]) => !old.has(urn)).map(([, resource]) => label(resource)),
    removed: gone.map(label),
    changed: Object.fromEntries(changes.map(({ resource, paths }) => [label(resource), paths])),
    replaced: replaced.map(({ resource }) => label(resource)),
    refused: [
      ...gone.filter(({ protect }) => protect).map(label),
      // For a replaced resource the program's `protect` counts, for those deleted with it the state's.
      ...replaced.filter(({ resource }) => resource.protect).map(({ resource }) => label(resource)),
      ...deletedAlong(replaced, old)
        .filter(({ protect }) => protect)
        .map(label),
    ],
    outputs: [...paths(before.outputs, after.outputs)],
  };
}

function byUrn({ resources }: Evaluation): Map<string, RecordedResource> {
  return new Map(resources.map((resource) => [resource.urn, resource]));
}

/**
 * Resources deleted together with replaced ones, because a fixed input of theirs comes from them, directly or through others.
 * Pulumi deletes them first, since the program deletes before it replaces.
 */
function deletedAlong(
  replaced: readonly { readonly previous: RecordedResource }[],
  old: ReadonlyMap<string, RecordedResource>,
): RecordedResource[] {
  const going = new Set(replaced.map(({ previous }) => previous.urn));
  const found: RecordedResource[] = [];
  for (let before = -1; before < found.length; ) {
    before = found.length;
    for (const resource of old.values()) {
      if (going.has(resource.urn) || !isBoundTo(resource, going)) continue;
      going.add(resource.urn);
      found.push(resource);
    }
  }
  return found;
}

function isBoundTo(resource: RecordedResource, going: ReadonlySet<string>): boolean {
  return Object.entries(resource.propertyDependencies).some(
    ([path, urns]) => isReplacing(resource, path) && urns.some((urn) => going.has(urn)),
  );
}

function label(resource: RecordedResource): string {
  return `${kindOf(resource)}::${resource.name}`;
}

function written(before: RecordedResource, after: RecordedResource): string[] {
  return [...paths(before.inputs, after.inputs)].filter(
    (path) =>
      !after.ignoreChanges.some(
        (ignored) => path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`),
      ),
  );
}

/** Paths at which two values differ. */
function* paths(a: Json | undefined, b: Json | undefined, at = ''): Generator<string> {
  if (isJsonObject(a) && isJsonObject(b)) {
    for (const key of Object.keys({ ...a, ...b }).sort())
      yield* paths(a[key], b[key], at === '' ? key : `${at}.${key}`);
  } else if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index++)
      yield* paths(a[index], b[index], `${at}[${index}]`);
  } else if (a !== b) yield at;
}
