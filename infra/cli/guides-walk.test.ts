import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { DEPLOYER_ROLES, ENVIRONMENTS } from '../azure/bootstrap/identities.ts';
import type { BootstrapInput } from '../azure/bootstrap/script.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { textAt } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { ROLES } from '../program/components/identity/roles.ts';
import { general } from '../program/config/general.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** An empty subscription and a checkout without a pipeline. */
const BASE: BootstrapInput = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  location: 'swedencentral',
  name: 'slipway',
  project: 'slipway',
  namespaces: ['Microsoft.Web'],
  groups: (['shared', 'dev', 'prod'] as const).map((stage) => ({
    stage,
    name: `rg-slipway-${stage}`,
    location: 'swedencentral',
    tags: { application: 'slipway', stage },
    importFile: '{}',
  })),
  waitSeconds: 0,
  environments: [],
  trust: undefined,
};

/** Names that a guide asks its reader to put in. */
const READER: Readonly<Record<string, string>> = {
  'OWNER/REPO': 'octo-org/shop',
  REVIEWER: 'octo-cat',
  ORGANIZATION: 'octo-org',
  PROJECT: 'shop',
  REPO: 'shop',
};

/** The commands of a guide, or of one section of it, in order. */
function commandsOf(file: string, section?: string): string {
  const text = read(file);
  const part = section === undefined ? text : (text.split(`\n## ${section}`)[1]?.split('\n## ')[0] ?? '');
  const blocks = [...part.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)];
  const commands = blocks.map(([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
  return Object.entries(READER).reduce((filled, [name, value]) => filled.replaceAll(name, value), commands.join('\n'));
}

type Call = readonly string[];

class Walk {
  readonly directory = mkdtempSync(join(tmpdir(), 'slipway-walk-'));
  readonly #bin = join(this.directory, 'bin');

  constructor() {
    mkdirSync(join(this.directory, 'state'));
    mkdirSync(this.#bin);
    mkdirSync(join(this.directory, '.setup'));
    writeFileSync(join(this.directory, 'bootstrap.json'), JSON.stringify(BASE));
    copyFileSync(join(root, 'infra/azure/bootstrap/fake/az.sh'), join(this.#bin, 'az'));
    for (const name of ['gh', 'git', 'npm', 'npx'])
      copyFileSync(join(root, 'infra/cli/testing/walk/stand-in.sh'), join(this.#bin, name));
    for (const name of readdirSync(this.#bin)) chmodSync(join(this.#bin, name), 0o755);
    const slipway = `#!/bin/bash\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${join(root, 'infra/cli/testing/walk/slipway.ts')}' "$@"\n`;
    writeFileSync(join(this.directory, 'slipway'), slipway);
    chmodSync(join(this.directory, 'slipway'), 0o755);
    for (const stage of ['shared', 'dev', 'prod'])
      symlinkSync(join(root, `Pulumi.${stage}.yaml`), join(this.directory, `Pulumi.${stage}.yaml`));
  }

  /** Types the commands of a guide. Returns what went wrong. */
  type(commands: string): string {
    const { status, stderr } = spawnSync('bash', ['-c', `set -euo pipefail\n${commands}`], {
      cwd: this.directory,
      env: {
        PATH: `${this.#bin}:/usr/bin:/bin`,
        WALK: this.directory,
        AZ_STATE: join(this.directory, 'state'),
        AZ_CALLS: join(this.directory, 'azure'),
        AZ_SUBSCRIPTION: BASE.subscriptionId,
      },
      encoding: 'utf8',
    });
    const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('=='));
    return status === 0 ? '' : `${status}: ${said.slice(-5).join('\n')}`;
  }

  calls(...words: readonly string[]): Call[] {
    const of = (name: string, file: string): Call[] =>
      existsSync(join(this.directory, file))
        ? readFileSync(join(this.directory, file), 'utf8')
            .trim()
            .split('\n')
            .map((line) => [...(name === '' ? [] : [name]), ...line.split('\t')])
        : [];
    const all = [...of('', 'calls'), ...of('az', 'azure')];
    return all.filter((call) => words.every((word, index) => call[index] === word));
  }

  bodies(): string {
    return readFileSync(join(this.directory, 'bodies'), 'utf8');
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

const option = (call: Call, name: string) => call[call.indexOf(`--${name}`) + 1] ?? '';

const github = new Walk();
const azureDevops = new Walk();
const outcomes: string[] = [];
beforeAll(() => {
  const firstUp = commandsOf('docs/guides/first-up.md').replace(/^export PATH.*$/m, '');
  outcomes.push(github.type(`${firstUp}\n${commandsOf('docs/guides/pipelines.md', 'GitHub, once')}`));
  outcomes.push(azureDevops.type(`${firstUp}\n${commandsOf('docs/guides/pipelines.md', 'Azure DevOps, once')}`));
});
afterAll(() => {
  github.remove();
  azureDevops.remove();
});

test('both guides can be typed from an empty subscription to a release and a rollback', () => {
  expect(outcomes).toEqual(['', '']);
  expect(github.calls('slipway', 'release').length).toBeGreaterThan(0);
  expect(github.calls('gh', 'workflow', 'run', 'rollback.yml')).toHaveLength(1);
  expect(azureDevops.calls('az', 'pipelines', 'run')).toHaveLength(1);
});

describe('on GitHub', () => {
  const workflows = readdirSync(join(root, '.github/workflows')).map((name) => read(`.github/workflows/${name}`));

  test('every variable of the workflows is set, and no other', () => {
    const set = new Set(github.calls('gh', 'variable', 'set').map((call) => call[3]));
    const used = new Set(workflows.flatMap((text) => [...text.matchAll(/vars\.(\w+)/g)].map(([, name]) => name)));
    expect(set).toEqual(used);
  });

  test('every environment of the workflows is made, for main only, and has an identity that takes its tokens', () => {
    const used = new Set(
      workflows.flatMap((text) => [...text.matchAll(/^ +environment: (\w+)$/gm)].map(([, name]) => name)),
    );
    expect([...used].sort()).toEqual([...ENVIRONMENTS]);
    for (const environment of ENVIRONMENTS) {
      const path = `repos/octo-org/shop/environments/${environment}`;
      expect(github.calls('gh', 'api', '--method', 'PUT', path).length).toBeGreaterThan(0);
      const rule = github.calls('gh', 'api', '--method', 'POST', `${path}/deployment-branch-policies`);
      expect(rule.map((call) => call.at(-1))).toEqual(['name=main']);
      const identity = `id-slipway-deploy-${environment}`;
      const credentials = github
        .calls('az', 'identity', 'federated-credential', 'create')
        .filter((call) => option(call, 'identity-name') === identity);
      expect(credentials.map((call) => option(call, 'subject'))).toEqual([
        `repo:octo-org@12/shop@345:environment:${environment}`,
      ]);
      const client = github
        .calls('gh', 'variable', 'set', 'AZURE_CLIENT_ID')
        .filter((call) => option(call, 'env') === environment);
      expect(client.map((call) => option(call, 'body'))).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    }
  });

  test('prod has reviewers, and main is protected', () => {
    const bodies = github.bodies();
    expect(bodies).toContain('"reviewers": [{"type": "User", "id": 7}], "prevent_self_review": true');
    const context = /"context": "(\w+)"/.exec(bodies)?.[1] ?? '';
    expect(Object.keys(parse(read('.github/workflows/check.yml')).jobs)).toContain(context);
  });
});

describe('in Azure DevOps', () => {
  test('every file of a pipeline is one, and has its variables', () => {
    const made = azureDevops
      .calls('az', 'pipelines', 'create')
      .map((call) => [option(call, 'name'), option(call, 'yml-path')]);
    const templates = ['.azure-pipelines/signed-in.yml', '.azure-pipelines/prepare.yml'];
    const files = [
      'azure-pipelines.yml',
      ...readdirSync(join(root, '.azure-pipelines')).map((name) => `.azure-pipelines/${name}`),
    ];
    expect(made.map(([, file]) => file).sort()).toEqual(files.filter((file) => !templates.includes(file)).sort());
    const variables = azureDevops.calls('az', 'pipelines', 'variable', 'create');
    for (const [name = '', file = ''] of made) {
      const given = variables
        .filter((call) => option(call, 'pipeline-name') === name)
        .map((call) => option(call, 'name'));
      const needed = [
        ...(read(file).includes('signed-in.yml') ? ['PULUMI_BACKEND_URL'] : []),
        ...(read(file).includes('PROD_BY_PIPELINE') ? ['PROD_BY_PIPELINE'] : []),
      ];
      expect([name, given]).toEqual([name, needed]);
    }
    // Templates of Azure DevOps have no environment of their own.
    expect(parse(read('.azure-pipelines/rollback.yml')).parameters[0].values).toEqual(['prod', 'dev']);
  });

  test('every connection is made, and its identity takes the tokens that the connection says', () => {
    expect(readFileSync(join(azureDevops.directory, 'state/connections'), 'utf8').trim().split('\n')).toEqual(
      ENVIRONMENTS.map((environment) => `azure-${environment}`),
    );
    const credentials = azureDevops.calls('az', 'identity', 'federated-credential', 'create');
    expect(
      credentials.map((call) => [option(call, 'identity-name'), option(call, 'issuer'), option(call, 'subject')]),
    ).toEqual(
      ENVIRONMENTS.map((environment) => [
        `id-slipway-deploy-${environment}`,
        `Issuer-of-azure-${environment}`,
        `Subject-of-azure-${environment}`,
      ]),
    );
    for (const environment of ENVIRONMENTS) {
      const file = join(azureDevops.directory, `.setup/azure-${environment}.json`);
      expect(JSON.parse(readFileSync(file, 'utf8')).name).toBe(`azure-${environment}`);
    }
  });
});

interface Right {
  readonly identity: string;
  readonly role: string;
  readonly scope: string;
  readonly limit: string;
}

const ROLE_NAMES: Readonly<Record<string, string>> = {
  [DEPLOYER_ROLES.contributor]: 'Contributor',
  [DEPLOYER_ROLES.cryptoUser]: 'Key Vault Crypto User',
  [DEPLOYER_ROLES.locksContributor]: 'Locks Contributor',
  [DEPLOYER_ROLES.reader]: 'Reader',
  [DEPLOYER_ROLES.roleAdministrator]: 'Role Based Access Control Administrator',
  [DEPLOYER_ROLES.storageBlobDataContributor]: 'Storage Blob Data Contributor',
  [DEPLOYER_ROLES.storageBlobDataReader]: 'Storage Blob Data Reader',
  [ROLES.acrPull]: 'AcrPull',
  [ROLES.acrTasksContributor]: 'Container Registry Tasks Contributor',
};

/** Roles of bootstrap as it was typed, and those of the evaluated program for the identities that it named. */
async function rightsTable(): Promise<Right[]> {
  const config = github
    .calls('npx', 'pulumi', 'config', 'set', 'slipway:deployers')
    .find((call) => call.at(-1) === 'shared');
  const deployers = config?.[5] ?? '[]';
  const identities = new Map(
    (general.deployers.parse(deployers) ?? []).map((entry) => [entry.split(':')[1], entry.split(':')[0]]),
  );
  const typed = github.calls('az', 'role', 'assignment', 'create').map((call) => ({
    principal: option(call, 'assignee-object-id'),
    role: option(call, 'role'),
    scope: option(call, 'scope'),
    condition: call.includes('--condition') ? option(call, 'condition') : '',
  }));
  const evaluated = await evaluate({ stage: 'shared', mode: 'update', config: { deployers } });
  return [...typed, ...assignmentsOf(evaluated)].flatMap(({ principal, role, scope, condition }) => {
    const identity = identities.get(principal);
    if (identity === undefined) return [];
    const name = ROLE_NAMES[role] ?? 'what a preview asks for (custom role)';
    return [{ identity, role: name, scope: shortScope(scope), limit: limitOf(condition) }];
  });
}

function assignmentsOf({ resources }: Evaluation) {
  return resources
    .filter(({ type }) => type.endsWith(':RoleAssignment'))
    .map((assignment: RecordedResource) => ({
      principal: textAt(assignment, 'principalId'),
      role: textAt(assignment, 'roleDefinitionId').split('/').at(-1) ?? '',
      scope: textAt(assignment, 'scope'),
      condition: textAt(assignment, 'condition'),
    }));
}

function shortScope(scope: string): string {
  const [, group = ''] = /resourceGroups\/([^/]+)/.exec(scope) ?? [];
  if (scope.includes('/keys/')) return `key \`${scope.split('/').at(-1)}\``;
  if (scope.includes('/containers/')) return `container \`${scope.split('/').at(-1)}\``;
  if (scope.includes('/registries/')) return 'registry';
  return `group \`${group}\``;
}

function limitOf(condition: string): string {
  const roles = /GuidEquals \{([^}]*)\}/.exec(condition)?.[1]?.split(', ');
  if (roles !== undefined)
    return `${roles.map((role) => Object.entries(ROLES).find(([, id]) => id === role)?.[0]).join(', ')}`;
  const [reading = '', writing = ''] = condition.split('blobs/write');
  const paths = (text: string) =>
    [...text.matchAll(/StringLike '([^']*)'/g)].map(([, path]) => `\`${path}\``).join(', ');
  if (condition === '') return '';
  return writing === '' ? `reads ${paths(reading)}` : `reads ${paths(reading)}; writes ${paths(writing)}`;
}

/** Files of Pulumi's state by the stack that they are of; all of its kinds go together. */
function shown(limit: string): string {
  return limit
    .split('; ')
    .map((part) => {
      const [verb = '', ...paths] = part.split(' ');
      const stacks = paths.flatMap((path) => /^`\.pulumi\/.*\/(\w+)[./]/.exec(path)?.[1] ?? []);
      if (stacks.length === 0) return part;
      return `${verb} ${[...new Set(stacks)].map((stack) => `\`${stack}\``).join(', ')}`;
    })
    .join('; ');
}

describe('the rights of each identity', () => {
  let rights: Right[];
  beforeAll(async () => {
    rights = await rightsTable();
  });

  test('stand in the guide as bootstrap and the program give them', () => {
    const rows = ENVIRONMENTS.flatMap((identity) =>
      rights
        .filter((right) => right.identity === identity)
        .map(({ role, scope, limit }) => `| ${identity} | ${role} | ${scope} | ${shown(limit)} |`),
    );
    const table = ['| identity | role | on | limited to |', '|---|---|---|---|', ...rows].join('\n');
    const written = /<!-- rights -->\n([\s\S]*?)\n?<!-- \/rights -->/.exec(read('docs/guides/pipelines.md'))?.[1];
    expect(written).toBe(table);
  });

  /** What the commands of a job need, by role and place. */
  const NEEDS: readonly [command: RegExp, stage: (line: string) => string, roles: (stage: string) => string[]][] = [
    [/slipway image --for/, lastWord, () => ['AcrPull registry']],
    [
      /pulumi up --stack/,
      stackOf,
      (stage) => [
        `Contributor group \`rg-slipway-${stage}\``,
        `Locks Contributor group \`rg-slipway-${stage}\``,
        `Role Based Access Control Administrator group \`rg-slipway-${stage}\``,
        'Role Based Access Control Administrator registry',
        'Storage Blob Data Contributor container `state`',
        `Key Vault Crypto User key \`pulumi-${stage}\``,
        'Key Vault Crypto User key `pulumi-shared`',
      ],
    ],
    [
      /slipway (release|rollback) --stack/,
      stackOf,
      (stage) => [
        `Contributor group \`rg-slipway-${stage}\``,
        'Storage Blob Data Contributor container `releases`',
        `Key Vault Crypto User key \`pulumi-${stage}\``,
      ],
    ],
    [/slipway image --for dev/, lastWord, () => ['Container Registry Tasks Contributor registry']],
    [
      /slipway drift/,
      stackOf,
      () => ['Storage Blob Data Reader container `releases`', 'Reader group `rg-slipway-shared`'],
    ],
    [/(slipway plan|pulumi preview) --stack/, stackOf, (stage) => [`Key Vault Crypto User key \`pulumi-${stage}\``]],
  ];

  test.each(['deliver', 'drift'])('are what the jobs of %s need', (workflow) => {
    const jobs: Record<string, { environment?: string; steps?: { run?: string }[] }> = parse(
      read(`.github/workflows/${workflow}.yml`),
    ).jobs;
    const had = new Set(rights.map(({ identity, role, scope }) => `${identity}: ${role} ${scope}`));
    for (const { environment, steps = [] } of Object.values(jobs)) {
      if (environment === undefined) continue;
      for (const line of steps.flatMap(({ run }) => run ?? [])) {
        for (const [command, stage, roles] of NEEDS) {
          if (!command.test(line)) continue;
          for (const role of roles(stage(line))) expect([...had]).toContain(`${environment}: ${role}`);
        }
      }
    }
  });

  test('reach into no other stage: of the shared one what all use, and of prod the preview only reads', () => {
    for (const { identity, role, scope, limit } of rights) {
      const stage = identity === 'preview' ? 'prod' : identity;
      const other = ['dev', 'prod'].filter((each) => each !== stage);
      for (const name of other)
        expect([identity, `${scope} ${limit}`]).toEqual([
          identity,
          expect.not.stringMatching(new RegExp(`\\b${name}\\b`)),
        ]);
      if (identity === 'preview')
        expect([role, limit]).toEqual([
          expect.stringMatching(/Reader|Crypto User|AcrPull|custom/),
          expect.not.stringContaining('writes'),
        ]);
      if (scope.includes('shared')) expect(role).toMatch(/^(Reader|Key Vault Crypto User)$/);
    }
  });

  test('shared has no secret, so that who decrypts its state learns none', async () => {
    const { resources, secretOutputs } = await evaluate({ stage: 'shared', mode: 'update' });
    expect([secretOutputs, resources.flatMap(({ secretPaths }) => secretPaths)]).toEqual([[], []]);
  });
});

function stackOf(line: string): string {
  return /--stack (\w+)/.exec(line)?.[1] ?? '';
}

function lastWord(line: string): string {
  return line.split(' ').at(-1) ?? '';
}
