import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { kindDefaults } from './kind-defaults.ts';
import { KINDS, type Kind, manifestSchema } from './manifest-schema.ts';

export const manifestPagePath = join(import.meta.dirname, '../../../docs/reference/manifest.md');

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** docs/reference/manifest.md, made from the schema of `slipway.yaml` and the defaults of each kind. */
export async function manifestPage(): Promise<string> {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const defaults = await Promise.all(KINDS.map(async (kind) => [kind, await kindDefaults(kind, wholeTree)] as const));
  return [
    '# slipway.yaml',
    '',
    'What slipway is told of an application, in a file of this name in the application’s directory. Every key has a default, so a file is only needed for',
    'what differs; `./slipway init` writes one, `./slipway app check` says what is missing. Made from `infra/release/app/manifest-schema.ts` by',
    '`node infra/release/app/manifest-page.ts`, a test compares.',
    '',
    'Paths are relative to the application’s directory, use `/`, and do not leave it. Commands run without a shell: words are separated by spaces, quotes keep',
    'spaces together, and a character that only a shell understands is refused. Sizes are written as `512k`, `64m` or `1g`.',
    '',
    '## Keys',
    '',
    '| key | is | says |',
    '|---|---|---|',
    ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) => rows(name, each)),
    '',
    '## Defaults by kind',
    '',
    'A default that names a file or directory holds only where the application has it.',
    '',
    ...defaults.flatMap(([kind, content]) => [
      `### ${kind}`,
      '',
      sign[kind],
      '',
      '```yaml',
      ...yaml(content),
      '```',
      '',
    ]),
  ].join('\n');
}

const sign: Readonly<Record<Kind, string>> = {
  laravel: 'An application with `artisan`.',
  symfony: 'An application with `bin/console` that requires `symfony/framework-bundle`.',
  wordpress: 'An application with `wp-load.php` or `web/wp`.',
  php: 'Everything else. The root is `public`, else `web`, else the application’s own directory.',
};

/** A tree that has everything a default may name, but what would make it another variant of its kind. */
const wholeTree = {
  has: async (path: string) => path !== 'web/wp',
  read: async () => "health: '/up'",
  required: new Set(['symfony/runtime', 'doctrine/doctrine-migrations-bundle']),
};

function rows(name: string, schema: JsonSchema): string[] {
  const row = `| \`${name}\` | ${typeOf(schema)} | ${schema.description ?? ''} |`;
  const inner = objectOf(schema);
  if (inner !== undefined)
    return [row, ...Object.entries(inner.schema).flatMap(([key, each]) => rows(`${name}${inner.step}.${key}`, each))];
  return [row];
}

/** The object that a key holds, directly, in a list or by name. */
function objectOf(
  schema: JsonSchema,
): { readonly schema: Readonly<Record<string, JsonSchema>>; readonly step: string } | undefined {
  if (schema.properties !== undefined) return { schema: schema.properties, step: '' };
  if (schema.items !== undefined) {
    const inner = objectOf(schema.items);
    return inner === undefined ? undefined : { ...inner, step: `[]${inner.step}` };
  }
  if (typeof schema.additionalProperties === 'object') {
    const inner = objectOf(schema.additionalProperties);
    return inner === undefined ? undefined : { ...inner, step: `.NAME${inner.step}` };
  }
  return schema.anyOf?.map(objectOf).find((each) => each !== undefined);
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(', or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (schema.type === 'object')
    return typeof schema.additionalProperties === 'object'
      ? `${typeOf(schema.additionalProperties)} by name`
      : 'object';
  if (schema.type === 'integer') return `whole number from ${schema.minimum} to ${schema.maximum}`;
  return (
    { string: 'text', number: 'number', boolean: 'true or false', null: '`null`' }[schema.type ?? ''] ?? 'any value'
  );
}

function yaml(content: object): string[] {
  return Object.entries(content).map(([key, value]) => `${key}: ${flow(value)}`);
}

/** YAML's flow style, on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}: ${flow(each)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' && !/^(?!true$|false$|\d+$)[\w./][\w./ =-]*$/.test(value)
    ? JSON.stringify(value)
    : String(value);
}

if (import.meta.main) writeFileSync(manifestPagePath, await manifestPage());
