import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ArmFixture, armFixture, GROUP, SITE, SLOT, SUBSCRIPTION, TOKEN, VERSION } from './arm.fixture.ts';

let it: ArmFixture;
let before: string;

beforeAll(async () => {
  it = await armFixture({ plane: { largestPackage: 10_000 } });
  before = await readFile(it.stateFile, 'utf8');
});

afterEach(async () => {
  // A refusal changes nothing.
  expect(await readFile(it.stateFile, 'utf8')).toBe(before);
});

afterAll(async () => it.remove());

test.each([
  ['no token', null, 'AuthenticationFailed'],
  ['a wrong token', 'wrong', 'InvalidAuthenticationToken'],
  ['an empty token', '', 'InvalidAuthenticationToken'],
])('%s is 401 everywhere, before anything else is said', async (_, token, code) => {
  for (const path of [
    `${SITE}?${VERSION}`,
    SITE,
    '/nowhere',
    '/scm/shop/api/publish',
    `/scm/shop/api/deployments/latest`,
  ]) {
    const answer = await it.ask(path, { token });
    expect([answer.status, answer.json.error?.code]).toEqual([401, code]);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  }
  const swap = await it.ask(`${SLOT}/slotsswap?${VERSION}`, {
    method: 'POST',
    token,
    body: '{"targetSlot":"production"}',
  });
  expect(swap.status).toBe(401);
});

test.each([
  [SITE, 'MissingApiVersionParameter'],
  [`${SITE}?api-version=`, 'MissingApiVersionParameter'],
  [`${SITE}?api-version=2014-01-01`, 'InvalidApiVersionParameter'],
  [`${SITE}?api-version=latest`, 'InvalidApiVersionParameter'],
  [`/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}?${VERSION}`, 'InvalidApiVersionParameter'],
])('the api-version of %s is refused with %s', async (path, code) => {
  const answer = await it.ask(path);
  expect([answer.status, answer.json.error?.code]).toEqual([400, code]);
});

test('subscription and resource group answer to a version of theirs', async () => {
  const subscription = await it.ask(`/subscriptions/${SUBSCRIPTION}?api-version=2022-12-01`);
  expect(subscription.json).toMatchObject({ subscriptionId: SUBSCRIPTION, state: 'Enabled' });
  const group = await it.ask(`/subscriptions/${SUBSCRIPTION}/resourcegroups/${GROUP}?api-version=2021-04-01`);
  expect(group.json).toMatchObject({ name: GROUP, location: 'westeurope' });
});

const groups = `/subscriptions/${SUBSCRIPTION}/resourceGroups`;

test.each([
  [`/subscriptions/${'0'.repeat(8)}/resourceGroups/${GROUP}?api-version=2021-04-01`, 404, 'SubscriptionNotFound'],
  [`${groups}/other?api-version=2021-04-01`, 404, 'ResourceGroupNotFound'],
  [`${groups}/${GROUP}/providers/Microsoft.Web/sites/other?${VERSION}`, 404, 'ResourceNotFound'],
  [`${SITE}/slots/qa?${VERSION}`, 404, 'ResourceNotFound'],
  [`${SLOT}/sitecontainers/other?${VERSION}`, 404, 'ResourceNotFound'],
  [`${SLOT}/operationresults/other?${VERSION}`, 404, 'ResourceNotFound'],
  [`${SITE}/config/connectionstrings?${VERSION}`, 404, 'NotFound'],
  [`${SLOT}/config/slotConfigNames?${VERSION}`, 404, 'NotFound'],
  [`${groups}/${GROUP}/providers/Microsoft.Sql/servers?api-version=2021-04-01`, 404, 'NotFound'],
  ['/scm/other/api/deployments/latest', 404, 'ResourceNotFound'],
  ['/scm/shop/api/deployments/latest', 404, 'ResourceNotFound'],
  ['/scm/shop/api/command', 404, 'NotFound'],
  [`/subscriptions/%E0%A4%A?${VERSION}`, 400, 'BadRequest'],
  [`${SITE}/slotsswap?${VERSION}`, 405, 'MethodNotAllowed'],
  [`${SLOT}/config/appsettings?${VERSION}`, 405, 'MethodNotAllowed'],
])('GET %s is %i %s', async (path, status, code) => {
  const answer = await it.ask(path);
  expect([answer.status, answer.json.error?.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toContain('application/json');
});

test('405 says which verbs there are', async () => {
  const answer = await it.ask(`${SLOT}/config/web?${VERSION}`, { method: 'DELETE' });
  expect(answer.headers.allow).toBe('GET, PUT, PATCH');
});

test.each([
  ['PUT', 'config/appsettings', 'not json'],
  ['PUT', 'config/appsettings', ''],
  ['PUT', 'config/appsettings', '[]'],
  ['PUT', 'config/appsettings', '{}'],
  ['PUT', 'config/appsettings', '{"properties":{"A":1}}'],
  ['PUT', 'config/appsettings', '{"properties":{"A B":"1"}}'],
  ['PUT', 'config/appsettings', '{"properties":{"A-B":"1"}}'],
  ['PUT', 'config/azurestorageaccounts', '{"properties":{"m":"x"}}'],
  ['PUT', 'config/azurestorageaccounts', '{"properties":{"m":{"mountPath":"/"}}}'],
  ['PATCH', 'config/web', '{"properties":{"appSettings":[]}}'],
  ['PUT', 'sitecontainers/x', '{"properties":{"isMain":false}}'],
  ['PUT', 'sitecontainers/x', '{"properties":{"image":"i","isMain":true}}'],
  ['PUT', 'sitecontainers/x', '{"properties":{"image":"i","isMain":false,"targetPort":"70000"}}'],
  ['PUT', 'sitecontainers/x', '{"properties":{"image":"i","isMain":false,"environmentVariables":[{"name":"A"}]}}'],
  ['PUT', 'sitecontainers/..x', '{"properties":{"image":"i","isMain":false}}'],
  ['POST', 'slotsswap', '{}'],
  ['POST', 'applySlotConfig', '{"targetSlot":7}'],
])('%s %s with the body %s is 400', async (method, path, body) => {
  const answer = await it.ask(`${SLOT}/${path}?${VERSION}`, { method, body });
  expect([answer.status, answer.json.error?.code]).toEqual([400, 'InvalidRequestContent']);
});

test('a body that is not UTF-8 is 400', async () => {
  const answer = await it.ask(`${SLOT}/slotsswap?${VERSION}`, {
    method: 'POST',
    body: Buffer.from([0x22, 0xff, 0x22]),
  });
  expect(answer.status).toBe(400);
});

test('slots that cannot be swapped: one with itself is 400, with an unknown one 404', async () => {
  const swap = (target: string) =>
    it.ask(`${SLOT}/slotsswap?${VERSION}`, { method: 'POST', body: JSON.stringify({ targetSlot: target }) });
  expect((await swap('staging')).status).toBe(400);
  expect((await swap('qa')).json.error?.code).toBe('ResourceNotFound');
});

test('a JSON body over 1 MiB is 413, and the refusal arrives', async () => {
  const body = JSON.stringify({ properties: { A: 'x'.repeat(1024 * 1024) } });
  const answer = await it.ask(`${SLOT}/config/appsettings?${VERSION}`, { method: 'PUT', body });
  expect([answer.status, answer.json.error?.code]).toEqual([413, 'RequestContentTooLarge']);
});

test.each([
  ['', 400, 'BadRequest'],
  ['type=war', 400, 'BadRequest'],
  ['type=zip&clean=perhaps', 400, 'BadRequest'],
  ['type=zip&path=/etc', 400, 'BadRequest'],
  ['type=zip&path=../..', 400, 'BadRequest'],
  ['type=zip&path=/home/../etc&clean=false', 400, 'BadRequest'],
  ['type=zip&path=/home/media', 400, 'BadRequest'],
  ['type=zip&path=/home/', 400, 'BadRequest'],
])('publish with the query "%s" is %i', async (query, status, code) => {
  const answer = await it.ask(`/scm/shop-staging/api/publish?${query}`, { method: 'POST', body: 'x' });
  expect([answer.status, answer.json.error?.code]).toEqual([status, code]);
});

test('a correlation id that is one comes back, another does not', async () => {
  const id = '11111111-2222-3333-4444-555555555555';
  const echoed = await it.ask(`${SITE}?${VERSION}`, { headers: { 'x-ms-correlation-request-id': id } });
  expect(echoed.headers['x-ms-correlation-request-id']).toBe(id);
  const made = await it.ask(`${SITE}?${VERSION}`, { headers: { 'x-ms-correlation-request-id': '<script>' } });
  expect(made.headers['x-ms-correlation-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('what fails inside is 500 without a word about why; the log has it', async () => {
  const events: { event: string; reason?: unknown }[] = [];
  const broken = await armFixture({
    plane: {
      log: (event) => events.push(event),
      resolveText: () => {
        throw new Error('secret /path/of/this/machine');
      },
      hostNames: { production: 'p', staging: 's' },
    },
    definition: (await import('../appservice/site.fixture.ts')).definition({
      slots: {
        production: { settings: {}, siteContainers: [], storageMounts: {}, web: {}, identity: 'x' },
        staging: { settings: {}, siteContainers: [], storageMounts: {}, web: {} },
      },
    }),
  });
  const answer = await broken.ask(`${SITE}?${VERSION}`);
  await broken.remove();
  expect([answer.status, answer.json.error?.code]).toEqual([500, 'InternalServerError']);
  expect(answer.text).not.toMatch(/secret|machine|\.ts|at /);
  expect(events[0]?.reason).toContain('secret');
});

test.each(['//[', '//evil.example/a', 'http://[', '*', '/%'])(
  'the request target %s is a refusal, not a failure',
  async (target) => {
    const url = new URL(it.plane.endpoint);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port: Number(url.port), host: url.hostname, rejectUnauthorized: false }, () =>
        socket.write(
          `GET ${target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\nconnection: close\r\n\r\n`,
        ),
      );
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  },
);

test('plain HTTP and a malformed request are refused, and the server goes on', async () => {
  const port = Number(new URL(it.plane.endpoint).port);
  const answer = await new Promise<string>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () =>
      socket.write('NONSENSE\r\n\r\n'),
    );
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => undefined);
  });
  expect(answer).toContain('400');
  await expect(fetch(it.plane.endpoint.replace('https', 'http'))).rejects.toThrow();
  expect((await it.ask(`${SITE}?${VERSION}`)).status).toBe(200);
});
