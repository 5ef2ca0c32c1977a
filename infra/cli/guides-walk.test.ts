import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { ENVIRONMENTS } from '../azure/bootstrap/identities.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { type Right, rightsTable } from './testing/walk/rights.fixture.ts';
import { commandsOf, option, ROOT, read, Walk } from './testing/walk/walk.fixture.ts';

jest.setTimeout(120_000);

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
  const workflows = readdirSync(join(ROOT, '.github/workflows')).map((name) => read(`.github/workflows/${name}`));

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
      ...readdirSync(join(ROOT, '.azure-pipelines')).map((name) => `.azure-pipelines/${name}`),
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
    rights = await rightsTable(github);
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
