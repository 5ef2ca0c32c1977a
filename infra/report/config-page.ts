import type { Key } from '../program/config/key.ts';
import { STAGES, type Stage } from '../program/config/key.ts';

/** docs/reference/config.md, generated from the keys. */
export function configPage(keys: readonly Key<unknown>[]): string {
  return [
    '# Configuration',
    '',
    'Made from `infra/program/config`; `node infra/report/write-pages.ts` writes it again, a test compares.',
    '',
    'A key is set with `pulumi config set slipway:KEY VALUE` (lists and names with values: as JSON, or as YAML in',
    '`Pulumi.<stage>.yaml`). Everything that is wrong with a stack is said at once, before anything is created: a key that',
    'does not exist, a value that is not allowed, keys that contradict each other.',
    '',
    ...areas(keys).flatMap(([area, ofArea]) => [`## ${area}`, '', ...ofArea.flatMap(section)]),
  ].join('\n');
}

/** Keys by the part before the dot. */
function areas(keys: readonly Key<unknown>[]): [string, Key<unknown>[]][] {
  const groups = new Map<string, Key<unknown>[]>();
  for (const key of keys) {
    const area = key.name.includes('.') ? key.name.slice(0, key.name.indexOf('.')) : 'general';
    groups.set(area, [...(groups.get(area) ?? []), key]);
  }
  return [...groups];
}

function section(key: Key<unknown>): string[] {
  const unit = key.unit === '' ? '' : ` (${key.unit})`;
  return [
    `### ${key.name}`,
    '',
    key.about,
    '',
    `- allowed: ${key.allowed}${unit}`,
    `- default: ${defaults(key)}`,
    ...(key.stages.length === STAGES.length ? [] : [`- stages: ${key.stages.join(', ')}`]),
    `- example: \`pulumi config set slipway:${key.name} ${quoted(key.example)}\``,
    '',
  ];
}

/** One value when all stages have the same, else one per stage. */
function defaults(key: Key<unknown>): string {
  if (key.name === 'stage') return 'none';
  const values = key.stages.map((stage): [Stage, string] => [stage, shown(key.defaultOf(stage))]);
  const [first] = values;
  if (first === undefined) return 'none';
  if (values.every(([, value]) => value === first[1])) return first[1];
  return values.map(([stage, value]) => `${stage} ${value}`).join(', ');
}

function shown(value: unknown): string {
  if (value === '') return 'nothing';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function quoted(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value}'`;
}
