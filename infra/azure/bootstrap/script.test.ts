import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { general } from '../../program/config/general.ts';
import { type BootstrapInput, bootstrapScript } from './script.ts';
import { githubTrust } from './trust.ts';

const REPOSITORY = { owner: 'Octo-Org', repository: "it's", ownerId: '12', repositoryId: '345' };
const INPUT: BootstrapInput = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  location: 'swedencentral',
  name: 'slipway',
  project: 'slipway',
  namespaces: ['Microsoft.Web', 'Microsoft.Cdn'],
  groups: (['shared', 'dev', 'prod'] as const).map((stage) => ({
    stage,
    name: `rg-slipway-${stage}`,
    location: 'swedencentral',
    tags: { application: 'slipway', stage, 'managed-by': 'pulumi', owner: 'two words' },
    importFile: `{ "resources": ["${stage}"] }`,
  })),
  waitSeconds: 0,
  environments: ['dev', 'preview', 'prod'],
  trust: githubTrust(REPOSITORY, ['dev', 'preview', 'prod']),
};
const BY_HAND: BootstrapInput = { ...INPUT, environments: [], trust: undefined };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-bootstrap-'));
  copyFileSync(join(import.meta.dirname, 'fake/az.sh'), join(directory, 'az'));
  chmodSync(join(directory, 'az'), 0o755);
  mkdirSync(join(directory, 'state'));
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Calls of az in this run. */
  readonly calls: readonly (readonly string[])[];
}

/** `failing` is a command of az that fails. */
function run(script: string, failing = ''): Run {
  const callsFile = join(directory, 'calls');
  rmSync(callsFile, { force: true });
  const env = {
    PATH: `${directory}:/usr/bin:/bin`,
    AZ_STATE: join(directory, 'state'),
    AZ_CALLS: callsFile,
    AZ_FAIL: failing,
  };
  const { status, stdout, stderr } = spawnSync('bash', [], { input: script, env, cwd: directory, encoding: 'utf8' });
  const lines = existsSync(callsFile) ? readFileSync(callsFile, 'utf8').trim().split('\n') : [];
  return { code: status, stdout, stderr, calls: lines.map((line) => line.split('\t')) };
}

/** Calls that make something, but what Azure itself takes twice. */
function creations({ calls }: Run): string[] {
  return calls
    .map((call) =>
      call
        .slice(
          0,
          call.findIndex((word) => word.startsWith('--')),
        )
        .join(' '),
    )
    .filter((words) => words.endsWith('create') && !/^(role assignment|identity federated-credential) /.test(words));
}

const callsOf = ({ calls }: Run, words: string) => calls.filter((call) => call.join(' ').startsWith(`${words} `));
const option = (call: readonly string[], name: string) => call[call.indexOf(`--${name}`) + 1] ?? '';

test('is a script that bash can read', () => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: bootstrapScript(INPUT), encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('makes groups, state, keys and identities on an empty subscription', () => {
  const first = run(bootstrapScript(INPUT));
  expect([first.code, first.stderr.split('\n').filter((line) => !line.startsWith('=='))]).toEqual([0, ['']]);
  expect(creations(first)).toEqual([
    ...Array(4).fill('group create'),
    'storage account create',
    'storage container-rm create',
    'keyvault create',
    ...Array(3).fill('keyvault key create'),
    'role definition create',
    ...Array(3).fill('identity create'),
  ]);
});

test('gives a group the tags that the program gives it, and writes what imports it', () => {
  const { calls } = run(bootstrapScript(INPUT));
  const dev = calls.find((call) => call[1] === 'create' && option(call, 'name') === 'rg-slipway-dev') ?? [];
  expect(dev.slice(dev.indexOf('--tags') + 1, -2)).toEqual([
    'application=slipway',
    'stage=dev',
    'managed-by=pulumi',
    'owner=two words',
  ]);
  expect(JSON.parse(readFileSync(join(directory, '.setup/import/dev.json'), 'utf8'))).toEqual({ resources: ['dev'] });
});

test('makes nothing the second time, not even with another region by then', () => {
  run(bootstrapScript(INPUT));
  const second = run(bootstrapScript({ ...INPUT, location: 'westeurope' }));
  expect([second.code, second.stderr.includes('not made')]).toEqual([0, false]);
  expect(creations(second)).toEqual([]);
});

test('goes on where an earlier run ended', () => {
  run(bootstrapScript(BY_HAND));
  expect(creations(run(bootstrapScript(INPUT)))).toEqual([
    'role definition create',
    ...Array(3).fill('identity create'),
  ]);
});

describe('the pipeline', () => {
  test('is known by the ids of owner and repository, spelt as GitHub spells them, one identity for each environment', () => {
    const created = callsOf(run(bootstrapScript(INPUT)), 'identity federated-credential create');
    expect(created.map((call) => [option(call, 'identity-name'), option(call, 'subject')])).toEqual(
      INPUT.environments.map((environment) => [
        `id-slipway-deploy-${environment}`,
        `repo:Octo-Org@12/it's@345:environment:${environment}`,
      ]),
    );
  });

  test('has the subject of the repository as it is by now', () => {
    run(bootstrapScript(INPUT));
    const moved = githubTrust({ ...REPOSITORY, repository: 'shop', repositoryId: '9' }, ['dev']);
    const again = run(bootstrapScript({ ...INPUT, environments: ['dev'], trust: moved }));
    const [written] = callsOf(again, 'identity federated-credential create');
    expect([again.code, option(written ?? [], 'subject')]).toEqual([0, 'repo:Octo-Org@12/shop@9:environment:dev']);
  });

  test('of Azure DevOps has issuer and subject of its service connection, beside those of GitHub', () => {
    run(bootstrapScript(INPUT));
    const trust = { name: 'azure-devops', issuer: 'https://login.example/v2.0', subjects: { dev: '/eid1/x' } } as const;
    const again = run(bootstrapScript({ ...INPUT, environments: ['dev'], trust }));
    const [written] = callsOf(again, 'identity federated-credential create');
    expect([again.code, option(written ?? [], 'name'), option(written ?? [], 'issuer')]).toEqual([
      0,
      'azure-devops',
      'https://login.example/v2.0',
    ]);
  });

  test('is left out by hand', () => {
    expect(run(bootstrapScript(BY_HAND)).calls.filter(([word]) => word === 'identity')).toEqual([]);
  });
});

describe('refuses', () => {
  const principal = (calls: Run, environment: string) =>
    option(
      callsOf(calls, 'role assignment create').find((call) =>
        option(call, 'scope').endsWith(`keys/pulumi-${environment}`),
      ) ?? [],
      'assignee-object-id',
    );

  test.each(['rg-slipway-prod', 'rg-slipway-state'])('a group %s that somebody else made', (name) => {
    writeFileSync(join(directory, 'state', `group.${name}`), 'application=shop stage=prod ');
    const { code, stderr } = run(bootstrapScript(INPUT));
    expect([code, stderr]).toEqual([1, expect.stringContaining(`resource group ${name} was not made by bootstrap`)]);
  });

  test('an identity with a credential of somebody else', () => {
    run(bootstrapScript(INPUT));
    appendFileSync(join(directory, 'state', 'credentials.id-slipway-deploy-prod'), 'mine\n');
    const { code, stderr } = run(bootstrapScript(INPUT));
    expect([code, stderr]).toEqual([1, expect.stringContaining('id-slipway-deploy-prod has a credential mine')]);
  });

  test.each(['', '/resourceGroups/rg-slipway-prod', '/resourceGroups/rg-slipway-dev-2'])(
    'an identity of dev with a role on the subscription%s',
    (below) => {
      const dev = principal(run(bootstrapScript({ ...INPUT, environments: ['dev'] })), 'dev');
      appendFileSync(join(directory, 'state', `scopes.${dev}`), `/subscriptions/${INPUT.subscriptionId}${below}\n`);
      const { code, stderr } = run(bootstrapScript(INPUT));
      expect([code, stderr]).toEqual([1, expect.stringContaining('id-slipway-deploy-dev has a role on')]);
    },
  );
});

test('recovers the deleted vault that still holds its name, instead of creating it', () => {
  run(bootstrapScript(INPUT));
  const state = join(directory, 'state');
  const vault = readdirSync(state).find((name) => name.startsWith('keyvault.')) ?? '';
  renameSync(join(state, vault), join(state, `deleted-${vault}`));
  const again = run(bootstrapScript(INPUT));
  expect([again.code, creations(again)]).toEqual([0, []]);
  expect(again.calls.filter((call) => call[1] === 'recover')).toHaveLength(1);
});

test('registers every provider, then waits for each', () => {
  const { calls } = run(bootstrapScript(INPUT));
  const registered = calls.filter((call) => call[0] === 'provider').map((call) => [call[3], call.includes('--wait')]);
  expect(registered).toEqual([
    ['Microsoft.Web', false],
    ['Microsoft.Cdn', false],
    ['Microsoft.Web', true],
    ['Microsoft.Cdn', true],
  ]);
});

test('ends by saying what to type next, with the names it used', () => {
  const { stdout } = run(bootstrapScript(INPUT));
  const backend = /^npx pulumi login '(azblob:\/\/state\?storage_account=ststate[a-z0-9]+)'$/m.exec(stdout)?.[1];
  expect(backend).toBeDefined();
  for (const stack of ['shared', 'dev', 'prod']) {
    expect(stdout).toMatch(
      new RegExp(
        `^npx pulumi stack init ${stack} --secrets-provider azurekeyvault://kvstate-.*/keys/pulumi-${stack}$`,
        'm',
      ),
    );
    const deployers = new RegExp(`^npx pulumi config set slipway:deployers '(.*)' -s ${stack}$`, 'm').exec(stdout)?.[1];
    expect(general.deployers.parse(deployers ?? '')).toHaveLength(3);
  }
  const variables = [...stdout.matchAll(/^gh variable set (\w+) .*?(--env \w+)?(?: --body|$)/gm)];
  expect(variables.map(([, name, environment]) => [name, environment])).toEqual([
    ['PULUMI_BACKEND_URL', undefined],
    ['AZURE_SUBSCRIPTION_ID', undefined],
    ['AZURE_TENANT_ID', undefined],
    ...INPUT.environments.map((environment) => ['AZURE_CLIENT_ID', `--env ${environment}`]),
  ]);
});

test('stops at the first thing that fails', () => {
  const failed = run(bootstrapScript(INPUT), 'storage container-rm create');
  expect([failed.code, failed.stdout]).toEqual([1, '']);
  expect(failed.calls.at(-1)?.slice(0, 3)).toEqual(['storage', 'container-rm', 'create']);
});
