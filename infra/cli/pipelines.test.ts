import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { mysql } from '../program/config/data.ts';
import { web } from '../program/config/web.ts';
import { buildProgram, commandNames, loadCommand } from './program.ts';

const root = join(import.meta.dirname, '../..');
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const pipelines = [
  ...workflows,
  '.github/actions/sign-in/action.yml',
  'azure-pipelines.yml',
  '.azure-pipelines/signed-in.yml',
];
const guides = readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`);
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const packageJson = JSON.parse(read('package.json'));

/** Every scalar below a key with one of these names. */
function scalars(node: unknown, keys: readonly string[]): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => scalars(item, keys));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? (keys.includes(key) ? [value] : []) : scalars(value, keys),
  );
}

const commandsOf = (file: string) =>
  scalars(parse(read(file)), ['run', 'script', 'inlineScript'])
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '');

const shellBlocks = (file: string) =>
  [...read(file).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
    text.split('\n').map((line) => line.trim()),
  );

/** What is wrong with a command line of ours; undefined when the command and all its options exist. */
async function refusal(line: string): Promise<string | undefined> {
  const plain = line
    .replace(/\$\{\w+:\+([^}]*)\}/g, '$1')
    .replace(/\s+(#|&&|\|).*$/, '')
    .replaceAll('"', '');
  const [program = '', name = '', ...args] = plain.split(/\s+/);
  if (program !== './slipway') return undefined;
  if (name === '--help') return undefined;
  if (!commandNames().includes(name)) return `there is no command "${name}"`;
  const { unknown } = (await loadCommand(name)).parseOptions(args);
  return unknown.length === 0 ? undefined : `${name} does not know ${unknown.join(' ')}`;
}

const refusals = async (lines: readonly string[]) =>
  (await Promise.all(lines.map(async (line) => ({ line, why: await refusal(line) })))).filter(
    ({ why }) => why !== undefined,
  );

test('a command that does not exist and an option that it does not have are seen', async () => {
  const lines = ['./slipway deploy', './slipway rollback --from "$TO"', 'npm test'];
  expect((await refusals(lines)).map(({ why }) => why)).toEqual([
    'there is no command "deploy"',
    'rollback does not know --from $TO',
  ]);
});

describe.each(pipelines)('%s', (file) => {
  test('calls commands that exist, with options that they have', async () => {
    expect(await refusals(commandsOf(file))).toEqual([]);
  });

  test("runs what package.json has, and Pulumi's CLI of the pinned version", () => {
    const lines = commandsOf(file);
    const scripts = lines.flatMap((line) => /^npm (?!ci)(?:run )?(\w+)/.exec(line)?.[1] ?? []);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts));
    const packages = lines.flatMap((line) => /^npx (\S+)/.exec(line)?.[1] ?? []);
    for (const name of packages) expect(packageJson.devDependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('uses actions by their commit, with the version beside it', () => {
    const foreign = [...read(file).matchAll(/uses: (?!\.\/)(.*)/g)].map(([, used]) => used);
    for (const used of foreign) expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

describe.each(workflows)('%s', (file) => {
  const workflow = parse(read(file));
  const jobs: Record<string, unknown>[] = Object.values(workflow.jobs);

  test('may read the contents and, where it signs in, ask for a token; nothing else', () => {
    for (const permissions of [workflow.permissions, ...jobs.map((job) => job.permissions)]) {
      if (permissions !== undefined)
        expect([{ contents: 'read' }, { contents: 'read', 'id-token': 'write' }]).toContainEqual(permissions);
    }
    expect(workflow.permissions).toBeDefined();
  });

  test('builds no command from what somebody typed', () => {
    expect(scalars(workflow.jobs, ['run']).filter((line) => line.includes('${{'))).toEqual([]);
  });

  test('deploys from environments that bootstrap makes known to Azure', async () => {
    const bootstrap = (await buildProgram(['bootstrap'])).commands[0];
    const known = String(bootstrap?.options.find(({ long }) => long === '--environments')?.defaultValue).split(',');
    const offered: string[] = workflow.on?.workflow_dispatch?.inputs?.stack?.options ?? [];
    const used = jobs.flatMap(({ environment }) =>
      String(environment).includes('inputs.stack') ? offered : (environment ?? []),
    );
    expect(known).toEqual(expect.arrayContaining(used));
  });
});

test('the application is tested with the MySQL and the PHP that the program makes', () => {
  const job = parse(read('.github/workflows/check.yml')).jobs['azure-versions'];
  expect(job.services.mysql.image).toBe(`mysql:${mysql.version.defaultOf('prod')}`);
  expect(scalars(job, ['run']).join('\n')).toContain(`--set php /usr/bin/php${web.phpVersion.defaultOf('prod')}`);
});

test.each(['README.md', ...guides])('%s shows commands that exist, with options that they have', async (file) => {
  expect(await refusals(shellBlocks(file))).toEqual([]);
});

test('the long form of the tests runs every night', () => {
  const { on, jobs } = parse(read('.github/workflows/nightly.yml'));
  expect(on.schedule).toHaveLength(1);
  expect(scalars(jobs, ['run'])).toContain('npm test -- long');
});

test('each job that touches a stage is in the concurrency group of that stage alone', () => {
  const { concurrency, jobs } = parse(read('.github/workflows/deliver.yml'));
  expect(concurrency).toBeUndefined();
  const groups = Object.fromEntries(
    Object.entries<{ concurrency?: { group: string; 'cancel-in-progress': boolean } }>(jobs).map(([name, job]) => [
      name,
      job.concurrency,
    ]),
  );
  const alone = (group: string) => ({ group, 'cancel-in-progress': false });
  expect(groups).toEqual({
    check: undefined,
    'provision-dev': alone('azure-dev'),
    'release-dev': alone('azure-dev'),
    'preview-prod': alone('azure-preview-prod'),
    prod: alone('azure-prod'),
  });
});

test('updates are configured for every place that locks packages', () => {
  const { updates } = parse(read('.github/dependabot.yml'));
  const places = (updates as Record<string, string | string[]>[]).flatMap((update) =>
    [update.directories ?? update.directory ?? ''].flat().map((place) => `${update['package-ecosystem']} ${place}`),
  );
  expect(places.sort()).toEqual([
    'composer /infra/release/judge',
    'composer /webapplication',
    'docker /sidecar',
    'github-actions /',
    'github-actions /.github/actions/sign-in',
    'npm /',
  ]);
});

test('known vulnerabilities are looked for every week', () => {
  const { on, jobs } = parse(read('.github/workflows/audit.yml'));
  expect(on.schedule).toHaveLength(1);
  expect(scalars(jobs, ['run'])).toContain('node infra/setup/audit.mjs');
});
