import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../testbed/eventually.ts';
import type { ConsoleState } from './model.ts';
import { SECRETS, type SeededConsole, seededConsole } from './seeded-console.fixture.ts';

let seeded: SeededConsole;
let cookie: string;
/** What the page sends for data and actions. */
let page: Readonly<Record<string, string>>;

beforeAll(async () => {
  seeded = await seededConsole();
  const answer = await fetch(`${seeded.url}/?token=${seeded.token}`);
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const [, key] = /name="slipway-key" content="([\w-]+)"/.exec(await answer.text()) ?? [];
  page = { cookie, authorization: `Bearer ${key}` };
});

afterAll(() => seeded.close());

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** With any header: `fetch` sets Host and Origin itself. */
function ask(path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const call = request({ host: '127.0.0.1', port: seeded.port, path, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

const json = { 'content-type': 'application/json' };

test('without the token, for a foreign Host and from a foreign page everything is 403', async () => {
  const paths = ['/', '/?token=wrong', '/page/main.ts', '/vendor/preact.js', '/api/state', '/api/events', '/api/x'];
  for (const path of paths) {
    expect([path, (await ask(path)).status]).toEqual([path, 403]);
    for (const headers of [
      { host: 'evil.example' },
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect([path, headers, (await ask(path, { ...page, ...headers })).status]).toEqual([path, headers, 403]);
    }
  }
  const action = '/api/actions/fault';
  const body = JSON.stringify({ target: 'redis', on: false });
  expect((await ask(action, json, body)).status).toBe(403);
  expect((await ask(action, { ...json, ...page, origin: 'http://127.0.0.1:1' }, body)).status).toBe(403);
  expect(seeded.switched).toEqual([]);
});

test('the cookie, which every port of this machine gets, opens no data and does nothing', async () => {
  for (const path of ['/api/state', '/api/events', '/api/logs', '/api/traces', '/api/images/a/one.png']) {
    expect([path, (await ask(path, { cookie })).status]).toEqual([path, 403]);
  }
  const action = '/api/actions/fault';
  const body = JSON.stringify({ target: 'redis', on: false });
  expect((await ask(action, { ...json, cookie, origin: seeded.url }, body)).status).toBe(403);
  expect(seeded.switched).toEqual([]);
});

test('the token is exchanged for a strict cookie, which opens the page; a tool sends it as a bearer', async () => {
  const entry = await ask(`/?token=${seeded.token}`);
  expect(entry.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  expect(entry.headers['referrer-policy']).toBe('no-referrer');
  const opened = await ask('/', { cookie });
  expect([opened.status, opened.headers['x-content-type-options']]).toEqual([200, 'nosniff']);
  expect(opened.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self' 'sha256-");
  expect(opened.headers['content-security-policy']).not.toContain('unsafe-inline');
  expect((await ask('/api/state', { authorization: `Bearer ${seeded.token}` })).status).toBe(200);
});

test('files are the page’s own and those it imports; nothing else of the machine is served', async () => {
  const types = async (path: string): Promise<unknown> => (await ask(path, { cookie })).headers['content-type'];
  expect(await types('/page/main.ts')).toContain('text/javascript');
  expect(await types('/vendor/preact-hooks.js')).toContain('text/javascript');
  expect(await types('/vendor/inter.woff2')).toBe('font/woff2');
  for (const path of [
    '/page/../server.ts',
    '/page/%2e%2e/server.ts',
    '/page/tsconfig.json',
    '/vendor/../../package.json',
    '/server.ts',
  ]) {
    expect([path, (await ask(path, { cookie })).status]).toEqual([path, 404]);
  }
});

test('the state has what status has, and history, traffic and resources', async () => {
  const state = JSON.parse((await ask('/api/state', page)).body) as ConsoleState;
  expect(state.slots?.production.version).toBe('4c81e2badf6c');
  expect(state.servers).toEqual(seeded.status.servers);
  expect(state.traffic.points.length).toBeGreaterThan(200);
  expect(state.traffic.swaps).toHaveLength(1);
  expect(state.resources.parts.map(({ counterpart }) => counterpart)).toEqual(
    expect.arrayContaining(['production', 'staging', 'mysql', 'redis', 'blob', 'vault', 'telemetry']),
  );
  expect(state.site?.settings[0]).toMatchObject({ name: 'IMAGE_RATE_PER_MINUTE', staging: '7', differs: true });
});

test('no secret is in state, events, settings or a journal that has one', async () => {
  const secrets = [...Object.values(SECRETS), 'cache-api-token-2Wd6'];
  const line = {
    run: 'x',
    time: new Date().toISOString(),
    event: 'begin',
    who: secrets.join(' '),
    command: 'release',
    pid: 1,
  };
  await appendFile(seeded.paths.releaseJournal, `${JSON.stringify(line)}\n`);
  const state = await ask('/api/state', page);
  const { parts } = (JSON.parse(state.body) as ConsoleState).resources;
  const urns = parts.map(({ urn }) => ask(`/api/resource?urn=${encodeURIComponent(urn)}`, page));
  const bodies = [state, ...(await Promise.all(urns))].map(({ body }) => body);
  expect(bodies.join('\n')).toContain('secret');
  for (const secret of secrets) expect(bodies.filter((body) => body.includes(secret))).toEqual([]);
});

test('a page is told of what changes', async () => {
  const answer = await fetch(`${seeded.url}/api/events`, { headers: page });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) text += (await reader?.read())?.value ?? '';
  };
  await until('event: all');
  await ask('/api/actions/fault', { ...json, ...page }, JSON.stringify({ target: 'redis', on: false }));
  await until('"redis":null');
  await ask('/api/actions/fault', { ...json, ...page }, JSON.stringify({ target: 'redis', on: true }));
  await reader?.cancel();
  expect(seeded.switched).toEqual([
    { target: 'redis', on: false },
    { target: 'redis', on: true },
  ]);
});

test('an open page counts as a connection until it is closed', async () => {
  await eventually('earlier connections are closed', () => seeded.connections() === 0);
  const open = await fetch(`${seeded.url}/api/events`, { headers: page });
  expect(seeded.connections()).toBe(1);
  await open.body?.cancel();
  await eventually('the connection is closed', () => seeded.connections() === 0);
});

test('an action takes JSON of a few kilobytes', async () => {
  const path = '/api/actions/load';
  expect((await ask(path, page, '{}')).status).toBe(415);
  expect((await ask(path, { ...json, ...page }, '{')).status).toBe(400);
  expect((await ask(path, { ...json, ...page }, JSON.stringify({ path: 'x'.repeat(5_000) }))).status).toBe(400);
  expect((await ask('/api/actions/nothing', { ...json, ...page }, '{}')).status).toBe(404);
});

test('images are those of the workers; a link among them is not followed', async () => {
  const synced = join(seeded.paths.worker('a').home, 'media/synced');
  await mkdir(synced, { recursive: true });
  await writeFile(join(synced, 'one.png'), 'bytes');
  await symlink(seeded.paths.secrets, join(synced, 'two.png'));
  const image = await ask('/api/images/a/one.png', page);
  expect([image.status, image.headers['content-type'], image.body]).toEqual([200, 'image/png', 'bytes']);
  for (const name of ['two.png', '..%2f..%2fsecrets.json', 'none.png', 'one.svg']) {
    expect([name, (await ask(`/api/images/a/${name}`, page)).status]).toEqual([name, 404]);
  }
});
