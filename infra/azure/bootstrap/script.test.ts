import { spawnSync } from 'node:child_process';
import {
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
import { type BootstrapInput, bootstrapScript } from './script.ts';

const INPUT: BootstrapInput = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  location: 'swedencentral',
  name: 'slipway',
  namespaces: ['Microsoft.Web', 'Microsoft.Cdn'],
  waitSeconds: 0,
  github: {
    owner: 'Octo-Org',
    repository: "it's",
    ownerId: '12',
    repositoryId: '345',
    environments: ['dev', 'prod'],
  },
};

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
  const { status, stdout, stderr } = spawnSync('bash', [], { input: script, env, encoding: 'utf8' });
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
    .filter((words) => words.endsWith('create') && words !== 'role assignment create');
}

test('is a script that bash can read', () => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: bootstrapScript(INPUT), encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('makes state, key, application and credentials on an empty subscription', () => {
  const first = run(bootstrapScript(INPUT));
  expect([first.code, first.stderr.split('\n').filter((line) => !line.startsWith('=='))]).toEqual([0, ['']]);
  expect(creations(first)).toEqual([
    'group create',
    'storage account create',
    'storage container-rm create',
    'keyvault create',
    'keyvault key create',
    'ad app create',
    'ad sp create',
    'ad app federated-credential create',
    'ad app federated-credential create',
  ]);
});

test('makes nothing the second time, not even with another region by then', () => {
  run(bootstrapScript(INPUT));
  const second = run(bootstrapScript({ ...INPUT, location: 'westeurope' }));
  expect(second.code).toBe(0);
  expect(creations(second)).toEqual([]);
});

test('goes on where an earlier run was cut off', () => {
  run(bootstrapScript({ ...INPUT, github: undefined }));
  expect(creations(run(bootstrapScript(INPUT)))).toEqual([
    'ad app create',
    'ad sp create',
    'ad app federated-credential create',
    'ad app federated-credential create',
  ]);
});

describe('the pipeline', () => {
  test('is known by the ids of owner and repository, spelt as GitHub spells them', () => {
    const { calls } = run(bootstrapScript(INPUT));
    const subjects = calls
      .filter((call) => call.includes('--parameters'))
      .map((call) => JSON.parse(call[call.indexOf('--parameters') + 1] ?? '').subject);
    expect(subjects).toEqual([
      "repo:Octo-Org@12/it's@345:environment:dev",
      "repo:Octo-Org@12/it's@345:environment:prod",
    ]);
  });

  test('gets a subject of its own when the repository is another one by now', () => {
    run(bootstrapScript(INPUT));
    const github = { owner: 'Octo-Org', repository: 'shop', ownerId: '12', repositoryId: '9', environments: ['dev'] };
    const { code, calls } = run(bootstrapScript({ ...INPUT, github }));
    const updates = calls.filter((call) => call.slice(0, 4).join(' ') === 'ad app federated-credential update');
    expect([code, updates.length]).toEqual([0, 1]);
    expect(updates[0]?.find((word) => word.startsWith('{'))).toContain('repo:Octo-Org@12/shop@9:environment:dev');
  });

  test('is no other application whose name only begins alike', () => {
    writeFileSync(join(directory, 'state', 'ad-app.slipway-deployer-old'), '');
    expect(creations(run(bootstrapScript(INPUT)))).toContain('ad app create');
  });

  test('may create, give roles and lock on the subscription, and only use state and key', () => {
    const { calls } = run(bootstrapScript(INPUT));
    const roles = calls
      .filter((call) => call[0] === 'role' && call.includes('ServicePrincipal'))
      .map((call) => [call[call.indexOf('--role') + 1], call[call.indexOf('--scope') + 1]?.split('/').at(-2)]);
    expect(roles).toEqual([
      ['Contributor', 'subscriptions'],
      ['Role Based Access Control Administrator', 'subscriptions'],
      ['Locks Contributor', 'subscriptions'],
      ['ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'storageAccounts'],
      ['12338af0-0e69-4776-bea7-57ae8d297424', 'vaults'],
    ]);
  });

  test('is left out without a repository', () => {
    expect(run(bootstrapScript({ ...INPUT, github: undefined })).calls.filter(([word]) => word === 'ad')).toEqual([
      expect.arrayContaining(['signed-in-user']),
    ]);
  });
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
      new RegExp(`^npx pulumi stack init ${stack} --secrets-provider azurekeyvault://kvstate-`, 'm'),
    );
    expect(stdout).toMatch(new RegExp(`^npx pulumi config set slipway:deployers .*ad-sp-id.* -s ${stack}$`, 'm'));
  }
  const variables = /^# GitHub variables: (.*)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
  expect(variables).toEqual([
    `PULUMI_BACKEND_URL=${backend}`,
    'AZURE_CLIENT_ID=ad-app-id',
    `AZURE_SUBSCRIPTION_ID=${INPUT.subscriptionId}`,
    'AZURE_TENANT_ID=tenant-1',
  ]);
});

test('stops at the first thing that fails', () => {
  const failed = run(bootstrapScript(INPUT), 'storage container-rm create');
  expect([failed.code, failed.stdout]).toEqual([1, '']);
  expect(failed.calls.at(-1)?.slice(0, 3)).toEqual(['storage', 'container-rm', 'create']);
});
