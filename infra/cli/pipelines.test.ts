import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ENVIRONMENTS } from '../azure/bootstrap/identities.ts';
import { mysql } from '../program/config/data.ts';
import { web } from '../program/config/web.ts';
import { commandNames, loadCommand } from './program.ts';

const root = join(import.meta.dirname, '../..');
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const azureDevops = [
  'azure-pipelines.yml',
  ...readdirSync(join(root, '.azure-pipelines')).map((name) => `.azure-pipelines/${name}`),
];
const pipelines = [...workflows, '.github/actions/prepare/action.yml', ...azureDevops];
const documents = globSync('docs/**/*.md', { cwd: root });
const read = (file: string) => readFileSync(join(root, file), 'utf8');
/** As both kinds of pipeline write an expression. */
const expression = (text: string) => `\${{ ${text} }}`;
const packageJson = JSON.parse(read('package.json'));

/** Every scalar below a key with one of these names. */
function scalars(node: unknown, keys: readonly string[]): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => scalars(item, keys));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? (keys.includes(key) ? [value] : []) : scalars(value, keys),
  );
}

const SIGNED_IN = /^\.github\/signed-in\.sh /;
const commandsOf = (file: string) =>
  scalars(parse(read(file)), ['run', 'script', 'inlineScript', 'command'])
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .map((line) => line.replace(SIGNED_IN, ''));
/** What asks Azure for something, and so needs a token. */
const ASKS_AZURE = /^(\.github\/signed-in\.sh )?(\.\/slipway|npx pulumi) /;

const shellBlocks = (file: string) =>
  [...read(file).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
    text.split('\n').map((line) => line.trim()),
  );

/** What is wrong with a command line of ours; undefined when the command and all its options exist. */
async function refusal(line: string): Promise<string | undefined> {
  const plain = line
    .replace(/\$\{\w+:\+([^}]*)\}/g, '$1')
    .replace(/\s+(#|&&|\|).*$/, '')
    .replace(/\$\{\{ [\w.]+ \}\}/g, 'x')
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

  test('may read the contents and, where it signs in, ask for a token; drift may write its issue; nothing else', () => {
    const allowed = [{ contents: 'read' }, { contents: 'read', 'id-token': 'write' }];
    const issue = { contents: 'read', 'id-token': 'write', issues: 'write' };
    for (const permissions of [workflow.permissions, ...jobs.map((job) => job.permissions)]) {
      if (permissions === undefined) continue;
      expect(file === '.github/workflows/drift.yml' ? [...allowed, issue] : allowed).toContainEqual(permissions);
    }
    expect(workflow.permissions).toBeDefined();
  });

  test('builds no command from what somebody typed', () => {
    expect(scalars(workflow.jobs, ['run']).filter((line) => line.includes('${{'))).toEqual([]);
  });

  test('deploys from environments that have an identity, as the identity of that environment', () => {
    const offered: string[] = workflow.on?.workflow_dispatch?.inputs?.stack?.options ?? [];
    const used = jobs.flatMap(({ environment }) =>
      String(environment).includes('inputs.stack') ? offered : (environment ?? []),
    );
    expect([...ENVIRONMENTS]).toEqual(expect.arrayContaining(used));
    for (const { environment, env, permissions } of jobs) {
      const signsIn = JSON.stringify(permissions ?? workflow.permissions).includes('id-token');
      expect([signsIn, env]).toEqual(
        environment === undefined ? [false, env] : [true, { AZURE_CLIENT_ID: expression('vars.AZURE_CLIENT_ID') }],
      );
    }
  });

  test('is signed in as long as a command asks Azure', () => {
    const asking = jobs.filter(({ environment }) => environment !== undefined).flatMap((job) => scalars(job, ['run']));
    expect(asking.filter((line) => ASKS_AZURE.test(line) && !SIGNED_IN.test(line))).toEqual([]);
  });
});

describe('tokens', () => {
  const signedIn = read('.github/signed-in.sh');
  const template = parse(read('.azure-pipelines/signed-in.yml'));
  const [{ inputs }] = template.steps;

  test('a sign-in on GitHub is renewed before its token of 5 minutes ends', () => {
    const seconds = Number(/RENEW_SECONDS:-(\d+)\}/.exec(signedIn)?.[1]);
    expect(seconds).toBeLessThan(300);
  });

  test('in Azure DevOps only the template asks Azure, one command a task, and its sign-in is kept active', () => {
    expect(inputs.keepAzSessionActive).toBe(true);
    for (const file of azureDevops.filter((name) => !name.endsWith('signed-in.yml'))) {
      expect(scalars(parse(read(file)), ['script', 'inlineScript']).filter((line) => ASKS_AZURE.test(line))).toEqual(
        [],
      );
      for (const command of scalars(parse(read(file)), ['command'])) {
        expect(command.split('\n').filter((line) => ASKS_AZURE.test(line))).toHaveLength(1);
      }
    }
  });

  test('every resource that our commands ask for has its token before the command begins', () => {
    const asked = globSync('{infra,sidecar}/**/*.ts', { cwd: root, exclude: ['**/node_modules', '**/*.test.ts'] })
      .flatMap((file) => [...read(file).matchAll(/'(https:\/\/[\w.]+)\/\.default'/g)])
      .map(([, resource = '']) => resource);
    // Pulumi's state is in Blob.
    const wanted = [...new Set([...asked, 'https://storage.azure.com'])];
    expect(wanted.length).toBeGreaterThanOrEqual(3);
    for (const resource of wanted) {
      expect(signedIn.split('sign_in()')[0]).toContain(resource);
      expect(inputs.inlineScript.split(expression('parameters.command'))[0]).toContain(resource);
    }
  });

  test('the jobs that provision have the time of a first `up`', () => {
    const { jobs } = parse(read('.github/workflows/deliver.yml'));
    expect([jobs['provision-dev'], jobs.prod].map((job) => job['timeout-minutes'])).toEqual([120, 240]);
    const minutes = [...read('azure-pipelines.yml').matchAll(/timeoutInMinutes: (\d+)\n\s+environment: (\w+)/g)];
    expect(minutes.map(([, limit, environment]) => `${environment} ${limit}`)).toEqual([
      'dev 120',
      'dev 60',
      'prod 240',
    ]);
  });
});

test('prod previews again after the approval, and only what was approved goes on to `up`', () => {
  const commands = (file: string, keys: string[]) =>
    scalars(parse(read(file)), keys).map((line) => line.replace(SIGNED_IN, ''));
  for (const lines of [
    commands('.github/workflows/deliver.yml', ['run']),
    commands('azure-pipelines.yml', ['command']),
  ]) {
    const saved = lines.findIndex((line) => line.startsWith('./slipway plan --stack prod --save plan.json'));
    const compared = lines.findIndex((line) => line.startsWith('./slipway plan --stack prod --approved '));
    const up = lines.findIndex((line) => line.startsWith('npx pulumi up --stack prod '));
    expect([saved > 0, compared - saved > 0, up - compared]).toEqual([true, true, 1]);
  }
});

test('both kinds of pipeline release by the same commands, so that one run of them stands for both', () => {
  const releases = (file: string, keys: string[]) =>
    scalars(parse(read(file)), keys)
      .map((line) => line.replace(SIGNED_IN, '').replace('"$(Pipeline.Workspace)"', 'approved'))
      .filter((line) => line.startsWith('./slipway release'));
  const github = releases('.github/workflows/deliver.yml', ['run']);
  expect(github).toHaveLength(2);
  expect(releases('azure-pipelines.yml', ['command'])).toEqual(github);
});

test('prod waits for nobody when it is not released by the pipeline', () => {
  const { jobs } = parse(read('.github/workflows/deliver.yml'));
  expect(jobs['preview-prod'].if).toBe("vars.PROD_BY_PIPELINE == 'true'");
  expect(jobs.prod.needs).toBe('preview-prod');
  const { stages } = parse(read('azure-pipelines.yml'));
  const preview = stages.find(({ stage }: { stage: string }) => stage === 'preview');
  expect(preview.condition).toContain("eq(variables['PROD_BY_PIPELINE'], 'true')");
});

test('each task of Azure DevOps uses the connection of the environment that its job names', () => {
  const connections = new Set<string>();
  for (const file of azureDevops) {
    for (const connection of scalars(parse(read(file)), ['connection'])) connections.add(connection);
  }
  expect([...connections].sort()).toEqual([
    `azure-${expression('parameters.stack')}`,
    ...ENVIRONMENTS.map((environment) => `azure-${environment}`),
  ]);
  const jobsOf = (node: unknown): Record<string, unknown>[] =>
    Array.isArray(node)
      ? node.flatMap(jobsOf)
      : typeof node === 'object' && node !== null
        ? [...('deployment' in node ? [node as Record<string, unknown>] : []), ...Object.values(node).flatMap(jobsOf)]
        : [];
  for (const job of jobsOf(parse(read('azure-pipelines.yml')))) {
    expect(new Set(scalars(job, ['connection']))).toEqual(new Set([`azure-${job.environment}`]));
  }
});

test('a pull request in Azure DevOps is tested without a connection', () => {
  const check = parse(read('.azure-pipelines/check.yml'));
  expect(scalars(check, ['script'])).toEqual(['npm test']);
  expect(scalars(check, ['template', 'connection', 'azureSubscription'])).toEqual([]);
  expect(parse(read('azure-pipelines.yml')).pr).toBe('none');
});

test('the application is tested with the MySQL and the PHP that the program makes', () => {
  const job = parse(read('.github/workflows/check.yml')).jobs['azure-versions'];
  expect(job.services.mysql.image).toBe(`mysql:${mysql.version.defaultOf('prod')}`);
  expect(scalars(job, ['run']).join('\n')).toContain(`--set php /usr/bin/php${web.phpVersion.defaultOf('prod')}`);
});

test.each(['README.md', 'CONTRIBUTING.md', ...documents])(
  '%s shows commands that exist, with options that they have',
  async (file) => {
    expect(await refusals(shellBlocks(file))).toEqual([]);
  },
);

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
    'github-actions /.github/actions/prepare',
    'npm /',
  ]);
});

test('known vulnerabilities are looked for every week', () => {
  const { on, jobs } = parse(read('.github/workflows/audit.yml'));
  expect(on.schedule).toHaveLength(1);
  expect(scalars(jobs, ['run'])).toContain('node infra/setup/audit.mjs');
});
