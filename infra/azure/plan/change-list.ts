import { fieldOf, isObject, listOf, textOf } from '../../lib/json.ts';

/** One change that an `up` would make. */
export interface Change {
  readonly urn: string;
  /** Of Pulumi: `create`, `update`, `delete`, `replace`, … */
  readonly operation: string;
  /** Inputs that change, sorted; empty where the whole resource comes or goes. */
  readonly paths: readonly string[];
}

/** Steps that change nothing. */
const HARMLESS = ['same', 'read', 'read-discard', 'refresh'];

/** The changes in what `pulumi preview --json` printed; undefined when that is no preview. */
export function changesOf(digest: unknown): Change[] | undefined {
  if (!isObject(digest) || !Array.isArray(digest.steps)) return undefined;
  return listOf(digest, 'steps')
    .map((step) => ({
      urn: textOf(step, 'urn'),
      operation: textOf(step, 'op'),
      paths: [...new Set([...Object.keys(objectAt(step, 'detailedDiff')), ...texts(step, 'diffReasons')])].toSorted(),
    }))
    .filter(({ operation }) => !HARMLESS.includes(operation))
    .toSorted((a, b) => (lineOf(a) < lineOf(b) ? -1 : 1));
}

/** Reads a list that was saved; undefined when it is none. */
export function savedChanges(text: string): Change[] | undefined {
  try {
    const saved: unknown = JSON.parse(text);
    if (!isObject(saved) || !Array.isArray(saved.changes)) return undefined;
    return listOf(saved, 'changes').map((change) => ({
      urn: textOf(change, 'urn'),
      operation: textOf(change, 'operation'),
      paths: texts(change, 'paths'),
    }));
  } catch {
    return undefined;
  }
}

/** What only one of two lists has: a resource, an operation or a changed path. */
export function differenceOf(
  approved: readonly Change[],
  found: readonly Change[],
): { readonly gone: string[]; readonly added: string[] } {
  const [before, after] = [approved.map(lineOf), found.map(lineOf)];
  return {
    gone: before.filter((line) => !after.includes(line)),
    added: after.filter((line) => !before.includes(line)),
  };
}

/** One line, such as `update web:WebApp app: siteConfig.phpVersion`. */
export function lineOf({ urn, operation, paths }: Change): string {
  const [types = '', name = ''] = urn.split('::').slice(-2);
  const type = types.split('$').at(-1) ?? '';
  return `${operation} ${type.replace(/^azure-native(?:_\w+)?:/, '')} ${name}${paths.length === 0 ? '' : `: ${paths.join(', ')}`}`;
}

function objectAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found = fieldOf(value, key);
  return isObject(found) ? found : {};
}

function texts(value: unknown, key: string): string[] {
  return listOf(value, key)
    .filter((item) => typeof item === 'string')
    .toSorted();
}
