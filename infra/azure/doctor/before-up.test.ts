import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { evaluate } from '../../evaluate/evaluate.ts';
import type { Evaluation } from '../../evaluate/recorded.ts';
import { Arm } from '../arm.ts';
import { runChecks } from './before-up.ts';
import type { CheckContext, Finding } from './check.ts';
import { findingsText } from './findings-text.ts';
import { allows } from './permissions.ts';
import { zones } from './zones.ts';

const SUBSCRIPTION = '11111111-2222-4333-8444-555555555555';

/** Answers by `METHOD path-pattern`, in the form of Azure's REST reference; a test changes what it wants to go wrong. */
type Answers = Record<string, { status: number; body: unknown }>;

const MYSQL_OFFER = 'GET /providers/Microsoft.DBforMySQL/locations/swedencentral/capabilitySets/default';

const HEALTHY: Answers = {
  'GET /providers/Microsoft.Authorization/permissions': {
    status: 200,
    body: { value: [{ actions: ['*'], notActions: [] }] },
  },
  'GET /providers/Microsoft.Web/geoRegions': {
    status: 200,
    body: { value: [{ name: 'Sweden Central' }, { name: 'West Europe' }] },
  },
  'GET /providers/Microsoft.Web/locations/swedencentral/usages': {
    status: 200,
    body: {
      value: [{ name: { value: 'P1v3', localizedValue: 'P1v3 VMs' }, currentValue: 1, limit: 30, unit: 'Count' }],
    },
  },
  [MYSQL_OFFER]: {
    status: 200,
    body: {
      properties: {
        supportedGeoBackupRegions: ['swedensouth'],
        supportedServerVersions: [{ name: '8.0.21' }, { name: '8.4' }],
        supportedFlexibleServerEditions: [
          {
            name: 'GeneralPurpose',
            supportedSkus: [{ name: 'Standard_D2ads_v5', supportedHAMode: ['SameZone', 'ZoneRedundant'] }],
          },
        ],
      },
    },
  },
  'GET /locations?': {
    status: 200,
    body: {
      value: [
        { name: 'swedencentral', availabilityZoneMappings: [{ logicalZone: '1', physicalZone: 'swedencentral-az1' }] },
      ],
    },
  },
  'POST checknameavailability': { status: 200, body: { nameAvailable: true } },
  'GET deletedVaults': { status: 404, body: { error: { code: 'DeletedVaultNotFound', message: 'not found' } } },
  'GET /resourceGroups/': { status: 404, body: { error: { code: 'ResourceGroupNotFound', message: 'not found' } } },
  'GET /providers/Microsoft': { status: 200, body: { registrationState: 'Registered' } },
};

let azure: Server;
let endpoint = '';
let answers: Answers;
let asked: { method: string; url: string; authorization: string | undefined; body: string }[];
let evaluation: Evaluation;

beforeAll(async () => {
  azure = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { method = '', url = '' } = request;
      asked.push({ method, url, authorization: request.headers.authorization, body });
      const found = Object.entries(answers).find(([key]) => {
        const [verb, path = ''] = key.split(' ');
        return verb === method && url.toLowerCase().includes(path.toLowerCase());
      });
      const { status, body: answer } = found?.[1] ?? { status: 404, body: {} };
      response
        .writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
        .end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => azure.listen(0, '127.0.0.1', resolve));
  const address = azure.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const account = { subscriptionId: SUBSCRIPTION, tenantId: SUBSCRIPTION };
  evaluation = await evaluate({ stage: 'prod', mode: 'update', account, config: { 'sidecar.digest': 'none' } });
});

afterAll(() => {
  azure.close();
});

beforeEach(() => {
  answers = { ...HEALTHY };
  asked = [];
});

function context(): CheckContext {
  const arm = new Arm({ endpoint, token: async () => 'a-token' });
  return { arm, evaluation, subscriptionId: SUBSCRIPTION, location: 'swedencentral' };
}

/** What is not fine when one answer is another one. */
async function wrongWith(changed: Answers): Promise<Finding[]> {
  answers = { ...changed, ...HEALTHY, ...changed };
  return (await runChecks(context())).filter(({ verdict }) => verdict !== 'fine');
}

test('a subscription that has everything has nothing wrong', async () => {
  const findings = await runChecks(context());
  expect(findings.filter(({ verdict }) => verdict !== 'fine')).toEqual([]);
  expect(findings.length).toBeGreaterThan(5);
});

test('every question carries the token and an api-version, and none changes anything', async () => {
  await runChecks(context());
  expect(asked.map(({ authorization }) => authorization)).toEqual(asked.map(() => 'Bearer a-token'));
  expect(asked.filter(({ url }) => !/[?&]api-version=\d{4}-\d\d-\d\d/.test(url))).toEqual([]);
  expect(asked.filter(({ method, url }) => method !== 'GET' && !/checkNameAvailability/i.test(url))).toEqual([]);
});

test('names are asked for with what the program would call things in this subscription', async () => {
  await runChecks(context());
  const bodies = asked.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
  expect(bodies).toContainEqual({
    name: expect.stringMatching(/^stslipwayprod/),
    type: 'Microsoft.Storage/storageAccounts',
  });
  expect(bodies).toContainEqual({
    name: expect.stringMatching(/^kv-slipway-prod-/),
    type: 'Microsoft.KeyVault/vaults',
  });
});

describe('what would stop the first `up` is found, with its fix', () => {
  test.each<[string, Answers, RegExp, RegExp]>([
    [
      'a provider that is not registered',
      { 'GET /providers/Microsoft.Cdn': { status: 200, body: { registrationState: 'NotRegistered' } } },
      /Microsoft\.Cdn is NotRegistered/,
      /az provider register --namespace Microsoft\.Cdn --wait/,
    ],
    [
      'a quota of 0',
      {
        'GET /providers/Microsoft.Web/locations/swedencentral/usages': {
          status: 200,
          body: { value: [{ name: { value: 'P1v3' }, currentValue: 0, limit: 0 }] },
        },
      },
      /0 more of P1v3 are allowed in swedencentral, 2 are wanted/,
      /antquotahelp/,
    ],
    [
      'a plan that is not sold there',
      { 'GET /providers/Microsoft.Web/geoRegions': { status: 200, body: { value: [{ name: 'West Europe' }] } } },
      /PremiumV3 for Linux is not sold in swedencentral/,
      /sold in westeurope/,
    ],
    [
      'a server size that is not sold there',
      {
        'GET /providers/Microsoft.DBforMySQL/locations/swedencentral/capabilitySets/default': {
          status: 200,
          body: { properties: { supportedServerVersions: [{ name: '8.0.21' }], supportedFlexibleServerEditions: [] } },
        },
      },
      /Standard_D2ads_v5 is not sold in swedencentral/,
      /slipway:mysql\.sku/,
    ],
    [
      'no zones',
      { 'GET /locations?': { status: 200, body: { value: [{ name: 'swedencentral' }] } } },
      /swedencentral has none, and plan, mysql, media want them/,
      /a region with zones/,
    ],
    [
      'a name that somebody has',
      {
        'POST Microsoft.Storage/checkNameAvailability': {
          status: 200,
          body: { nameAvailable: false, reason: 'AlreadyExists' },
        },
      },
      /stslipwayprod\w+ is taken: AlreadyExists/,
      /slipway:generation/,
    ],
    [
      'a deleted vault that holds its name',
      {
        'POST Microsoft.KeyVault/checkNameAvailability': { status: 200, body: { nameAvailable: false } },
        'GET deletedVaults': { status: 200, body: { properties: { purgeProtectionEnabled: true } } },
      },
      /a deleted vault still holds the name kv-slipway-prod-/,
      /az keyvault purge/,
    ],
    [
      'a deployer that may not give roles',
      {
        'GET /providers/Microsoft.Authorization/permissions': {
          status: 200,
          body: { value: [{ actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] }] },
        },
      },
      /you may not Microsoft\.Authorization\/roleAssignments\/write/,
      /Role Based Access Control Administrator/,
    ],
  ])('%s', async (_, changed, found, fix) => {
    const wrong = await wrongWith(changed);
    expect(wrong).toContainEqual({
      check: expect.anything(),
      verdict: 'problem',
      found: expect.stringMatching(found),
      fix: expect.stringMatching(fix),
    });
  });
});

test('a version of MySQL that the offer does not list is unknown, and no reason to move', async () => {
  const offer = (HEALTHY[MYSQL_OFFER]?.body as { properties: object } | undefined)?.properties;
  const wrong = await wrongWith({
    [MYSQL_OFFER]: {
      status: 200,
      body: { properties: { ...offer, supportedServerVersions: [{ name: '8.0.21' }] } },
    },
  });
  expect(wrong).toEqual([
    expect.objectContaining({ verdict: 'unknown', found: expect.stringContaining('no version 8.4, only 8.0.21') }),
  ]);
});

test('MySQL is asked about by the API version with which the program creates it', async () => {
  await runChecks(context());
  const urls = asked.map(({ url }) => url).filter((url) => url.includes('Microsoft.DBforMySQL/'));
  expect(urls.length).toBeGreaterThan(2);
  const versions = urls
    .filter((url) => /capabilitySets|checkNameAvailability|flexibleServers/.test(url))
    .map((url) => url.split('api-version=')[1]);
  expect(new Set(versions)).toEqual(new Set(['2024-12-30']));
});

test('what Azure does not say is unknown, not fine and no problem', async () => {
  const wrong = await wrongWith({ 'GET /locations?': { status: 403, body: { error: { message: 'not for you' } } } });
  expect(wrong).toEqual([
    expect.objectContaining({
      verdict: 'unknown',
      found: 'Azure did not say which regions there are: 403 not for you',
    }),
  ]);
});

test('a name that is ours already is no problem', async () => {
  expect(
    await wrongWith({
      'GET /resourceGroups/': { status: 200, body: { id: 'ours' } },
      'POST checknameavailability': { status: 200, body: { nameAvailable: false, reason: 'AlreadyExists' } },
    }),
  ).toEqual([]);
});

test('whoever is not signed in is told so', async () => {
  answers = { 'GET /': { status: 401, body: { error: { code: 'AuthenticationFailed' } } } };
  // One check, so that no request of another is still under way when the next test begins.
  await expect(runChecks(context(), [zones])).rejects.toMatchObject({ code: 'SLIP-ARM-SIGNIN' });
});

test('an Azure that is not there is distinguished from one that says no', async () => {
  const arm = new Arm({ endpoint: 'http://127.0.0.1:1', token: async () => 'a-token', retryDelayMs: 1 });
  await expect(runChecks({ ...context(), arm })).rejects.toMatchObject({ code: 'SLIP-ARM-UNREACHABLE' });
});

test('a busy Azure is asked again', async () => {
  answers = { ...HEALTHY, 'GET /locations?': { status: 429, body: {} } };
  await runChecks(context());
  expect(asked.filter(({ url }) => /\/locations\?/.test(url))).toHaveLength(4);
});

test('an action is allowed by a pattern, unless another forbids it', () => {
  const contributor = { actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] };
  expect(allows(contributor, 'Microsoft.Web/sites/write')).toBe(true);
  expect(allows(contributor, 'Microsoft.Authorization/locks/write')).toBe(false);
  expect(allows({ actions: ['Microsoft.Web/sites/*'], notActions: [] }, 'Microsoft.Web/serverfarms/write')).toBe(false);
});

test('the report has what is wrong first, and a line for each thing to do', () => {
  const text = findingsText([
    { check: 'names', verdict: 'fine', found: 'free' },
    { check: 'zones', verdict: 'problem', found: 'none', fix: 'move' },
  ]);
  expect(text.split('\n')).toEqual(['NO  zones  none', '           to do: move', 'ok  names  free']);
});
