import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlias, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { type Manifest, manifestSchema } from './manifest-schema.ts';

export const MANIFEST_NAME = 'slipway.yaml';
const MANIFEST_MAX_BYTES = 256 * 1024;

export interface ReadManifest {
  /** Whether the directory has one. */
  readonly found: boolean;
  readonly manifest: Manifest;
  /** What is wrong with it, one sentence each; empty when nothing is. */
  readonly violations: readonly string[];
}

/** The `slipway.yaml` of a directory, every violation of it at once. A directory without one has an empty manifest. */
export async function readManifest(directory: string): Promise<ReadManifest> {
  const path = join(directory, MANIFEST_NAME);
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return { found: false, manifest: {}, violations: [] };
  if (!info.isFile()) return broken('it is not a regular file');
  if (info.size > MANIFEST_MAX_BYTES) return broken(`it is larger than ${MANIFEST_MAX_BYTES / 1024} KB`);
  return parseManifest(await readFile(path, 'utf8'));
}

export function parseManifest(text: string): ReadManifest {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    return broken(...document.errors.map(({ message }) => message.split('\n')[0]?.replace(/:$/, '') ?? message));
  }
  let aliases = 0;
  visit(document, (_, node) => {
    if (isAlias(node)) aliases++;
  });
  if (aliases > 0) return broken('it uses YAML aliases (`*name`), which nothing here needs');
  const content: unknown = document.toJS() ?? {};
  const parsed = manifestSchema.safeParse(content);
  if (parsed.success) return { found: true, manifest: parsed.data, violations: [] };
  return broken(...parsed.error.issues.flatMap((issue) => describeIssue(issue, [], content)));
}

function broken(...violations: readonly string[]): ReadManifest {
  return { found: true, manifest: {}, violations };
}

function describeIssue(issue: z.core.$ZodIssue, above: readonly PropertyKey[], content: unknown): string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${dotted([...path, key])} is not a key; known here: ${knownKeys(path).join(', ')}`);
  }
  if (issue.code === 'invalid_key') {
    const reason = issue.issues[0]?.message ?? issue.message;
    return [`${dotted(path)}: expected ${reason}`];
  }
  if (issue.code === 'invalid_union') {
    // The branch that came furthest is the one that was meant.
    const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(0, ...branch.map((each) => each.path.length));
    const meant = issue.errors.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
    if (depth(meant) > 0) return meant.flatMap((each) => describeIssue(each, path, content));
    const keys = meant.find((each) => each.code === 'unrecognized_keys');
    if (keys !== undefined) return describeIssue(keys, path, content);
    const wanted = new Set(issue.errors.flat().map(expectation));
    return [`${dotted(path)}: found ${shown(valueAt(content, path))}, expected ${[...wanted].join(', or ')}`];
  }
  return [`${dotted(path)}: found ${shown(valueAt(content, path))}, expected ${expectation(issue)}`];
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(', ');
  if (issue.code === 'too_big' && issue.origin !== 'string') return `at most ${issue.maximum}`;
  if (issue.code === 'too_small')
    return issue.origin === 'string' ? 'a text that is not empty' : `at least ${issue.minimum}`;
  return issue.message;
}

/** The keys of the object that a path leads to, as far as the schema names them. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = manifestSchema;
  for (const part of path) schema = memberOf(schema, part);
  const { keyType } = (unwrapped(schema) as { def?: { keyType?: z.core.$ZodTypes } }).def ?? {};
  if (keyType?._zod.values !== undefined) return [...keyType._zod.values].map(String);
  return Object.keys(shapeOf(schema) ?? {});
}

function memberOf(schema: unknown, part: PropertyKey): unknown {
  const inner = unwrapped(schema);
  const shape = shapeOf(inner);
  if (shape !== undefined) return shape[String(part)];
  const { element, valueType, options } = (inner as { def?: Record<string, unknown> }).def ?? {};
  if (Array.isArray(options)) return options.map((option) => memberOf(option, part)).find((each) => each !== undefined);
  return element ?? valueType;
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const inner = unwrapped(schema);
  const { shape, options } = (inner as { def?: Record<string, unknown> } | undefined)?.def ?? {};
  if (Array.isArray(options)) return options.map(shapeOf).find((each) => each !== undefined);
  return shape as Readonly<Record<string, unknown>> | undefined;
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    const { innerType } = (inner as { def?: { innerType?: unknown } } | undefined)?.def ?? {};
    if (innerType === undefined) return inner;
    inner = innerType;
  }
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined | null)?.[part];
  return value;
}

function dotted(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? MANIFEST_NAME : text.replace(/^\./, '');
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
