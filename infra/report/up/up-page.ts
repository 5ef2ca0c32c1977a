import { KEYS } from '../../program/config/config.ts';
import type { Key } from '../../program/config/key.ts';
import type { Change } from './evaluate-changes.ts';
import { KEY_CHANGES, type KeyChange } from './key-changes.ts';
import { type UpEffect, upEffect } from './up-effect.ts';

/** How many names a cell lists before it counts the rest. */
const LISTED = 5;

const HEAD = [
  '# What an `up` does',
  '',
  'For each key of [config.md](config.md): what `npx pulumi up` does to an existing stack when nothing but this key changes. Made by',
  '`node infra/report/write-up-page.ts` from two evaluations of the program for each change, a test compares; which inputs Azure and',
  'its provider replace, refuse or restart for is in `infra/report/up/azure-updates.ts`, with the sources.',
  '',
  'An `up` without a change does nothing; the first one after the first release makes the alerts that wait for it.',
  '',
  'The stack of the table is prod with its defaults and a sidecar, after its first release; what it was given besides stands with the',
  'change. Resources have the names that a preview shows.',
  '',
  '- **nothing**: no resource changes. What stands under *next release* is brought by the release after the `up`: proven in staging,',
  '  swapped in, and taken back by a rollback.',
  '- **refused**: a protected resource would be replaced or deleted. Pulumi says so before anything is changed.',
  '  [tear-down.md](../guides/tear-down.md) has the way for one thing.',
  '- **Azure refuses**: Pulumi sends the change, and Azure does not take it. The `up` ends with an error at this resource: put the key back, or',
  '  end the lock first, as [tear-down.md](../guides/tear-down.md) says for one thing.',
  '- *restarts*: the container is started again at once, without a warm-up: visitors of production wait or see errors for as long as a',
  '  start takes. Do it outside busy hours.',
];

const FOOT = [
  '',
  '## Data servers',
  '',
  'A change that restarts no site can still be felt. `mysql.sku`: MySQL',
  '[restarts, 60 to 120 seconds](https://learn.microsoft.com/azure/mysql/flexible-server/concepts-service-tiers-storage). `cache.sku`: Managed Redis with',
  '`cache.highAvailability` stays available with short interruptions of connections; without it, as in dev,',
  '[it is offline meanwhile and loses its data](https://learn.microsoft.com/azure/redis/how-to-scale). The application answers without Redis; what needs MySQL is 503.',
  '',
];

/** docs/reference/what-an-up-does.md */
export function upPage(changes: readonly Change[]): string {
  const rows = KEYS.map((key) => upRow(key, KEY_CHANGES[key.name], changes));
  const restarting = KEYS.filter(({ name }) => restartsProduction(name, changes)).map(({ name }) => `\`${name}\``);
  return [
    ...HEAD,
    '',
    `These restart production: ${restarting.join(', ')}. No other key does.`,
    '',
    '| key | change | `pulumi up` | restarts | next release |',
    '|---|---|---|---|---|',
    ...rows,
    ...FOOT,
  ].join('\n');
}

function restartsProduction(key: string, changes: readonly Change[]): boolean {
  return changes.some(
    (change) => change.key === key && upEffect(change.before, change.after).restarts.includes('production'),
  );
}

/** The row of a key, whose changes are among those given. */
export function upRow(
  key: Key<unknown>,
  cases: string | readonly KeyChange[] | undefined,
  changes: readonly Change[],
): string {
  const link = `[\`${key.name}\`](config.md#${key.name.toLowerCase().replace(/[^a-z0-9-]/g, '')})`;
  if (cases === undefined) throw new RangeError(`${key.name} has no change in key-changes.ts`);
  if (typeof cases === 'string') return `| ${link} |  | ${cases} |  |  |`;
  const effects = changes
    .filter((change) => change.key === key.name)
    .map(({ before, after }) => upEffect(before, after));
  const cells = [
    changesText(key, cases),
    cell(effects.map(doneText)),
    cell(effects.map(({ restarts }) => restarts.join(' and '))),
    cell(effects.map(releasedText)),
  ];
  return `| ${link} | ${cells.join(' | ')} |`;
}

/** The changes that a row is about. */
export function changesText(key: Key<unknown>, cases: readonly KeyChange[]): string {
  return cell(cases.map((change) => changeText(key, change)));
}

/** One line for each change; nothing where all are empty. */
function cell(lines: readonly string[]): string {
  return lines.every((line) => line === '') ? '' : lines.map((line) => line || '–').join('<br>');
}

function changeText(key: Key<unknown>, { stage = 'prod', given = {}, to }: KeyChange): string {
  const others = Object.entries(given).filter(([name]) => name !== key.name);
  const where = [
    ...(stage === 'prod' ? [] : [stage]),
    ...others.map(([name, value]) => `with \`${name}\` ${valueText(value)}`),
  ];
  const value = key.name === 'stage' ? stage : (given[key.name] ?? key.defaultOf(stage));
  const before = key.name === 'sidecar.digest' ? 'a digest' : valueText(value);
  const after = key.name === 'sidecar.digest' && to !== 'none' ? 'another one' : valueText(to);
  return `${where.length === 0 ? '' : `${where.join(', ')}: `}${before} → ${after}`;
}

function valueText(value: unknown): string {
  if (value === '') return 'nothing';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function doneText(effect: UpEffect): string {
  if (effect.isProtected.length > 0) return `**refused**: ${listed(effect.isProtected)} protected`;
  const { refusals, locked, created, deleted, replaced } = effect;
  const parts = [
    ...refusals.map(({ name, path, because }) => `**Azure refuses** \`${path}\` of \`${name}\`: ${because}`),
    ...(locked.length === 0 ? [] : [`**Azure refuses** to delete ${listed(locked)}: a lock holds them`]),
    ...(created.length === 0 ? [] : [`creates ${listed(created)}`]),
    ...(replaced.length === 0 ? [] : [`replaces ${listed(replaced)}`]),
    ...(deleted.length === 0 ? [] : [`deletes ${listed(deleted)}`]),
    ...updatesText(effect),
  ];
  return parts.length === 0 ? '**nothing**' : parts.join('; ');
}

/** Resources with the same changed inputs together. */
function updatesText({ updated, refusals }: UpEffect): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, paths } of updated) {
    const taken = paths.filter((path) => !refusals.some((refusal) => refusal.name === name && refusal.path === path));
    const inputs = [...new Set(taken.map((path) => path.replace(/\[\d+\]/g, '')))];
    if (inputs.length > 0) groups.set(listed(inputs), [...(groups.get(listed(inputs)) ?? []), name]);
  }
  return [...groups].map(([inputs, names]) => `updates ${listed(names)} (${inputs})`);
}

function releasedText({ released }: UpEffect): string {
  const names = released.map((path) => {
    const [, member = '', name] = path.split('.');
    if (member === 'settings' && name !== undefined) return `\`${name}\``;
    return RELEASED[member.replace(/\[.*/, '')] ?? `\`${path}\``;
  });
  return [...new Set(names)].join(', ');
}

const RELEASED: Readonly<Record<string, string>> = {
  stack: 'PHP',
  command: 'startup command',
  mounts: 'mounts',
  siteContainers: 'the sidecar',
};

function listed(names: readonly string[]): string {
  const shown = names.slice(0, names.length > LISTED ? LISTED - 1 : LISTED).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}
