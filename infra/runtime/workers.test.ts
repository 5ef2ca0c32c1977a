import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { freePort } from '../lib/free-port.ts';
import { asObject, parseObject } from '../lib/json.ts';
import { ensureCertificates } from '../local/servers/certificates.ts';
import { Redis } from '../local/servers/redis.ts';
import { createStateDirectories } from '../local/state/files.ts';
import { statePaths } from '../local/state/paths.ts';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { Container } from '../testbed/container.ts';
import { eventually } from '../testbed/eventually.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const headers = { authorization: 'Bearer release-token' };

jest.setTimeout(120_000);

test('the classes of workers and schedule do as their own tests say', async () => {
  const phpunit = join(root, 'webapplication/vendor/bin/phpunit');
  const { stdout } = await run('php', [phpunit, '-c', join(import.meta.dirname, 'tests/phpunit.xml')]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toMatch(/OK \(\d+ tests/);
});

/** The argument of the worker's child, which no other process has. */
const mark = String(Date.now());
const files = {
  'slipway.yaml': `
workers:
  queue: {run: php worker.php queue, stopSeconds: 20}
  broken: {run: php broken.php}
schedule: {"* * * * *": php scheduled.php}
`,
  'index.php': '<?php echo "site";',
  'broken.php': '<?php exit(3);',
  'scheduled.php': `<?php
    $redis = new Redis();
    $redis->connect('tls://127.0.0.1', (int) getenv('REDIS_PORT'), 2);
    $redis->auth(getenv('REDIS_PASSWORD'));
    $redis->incr('test:runs');
    echo 'scheduled run', PHP_EOL;`,
  // Ends between two jobs when it is told to, as workers of frameworks do. Its child would outlive it.
  'worker.php': `<?php
    pcntl_async_signals(true);
    $isWanted = true;
    pcntl_signal(SIGTERM, function () use (&$isWanted) { $isWanted = false; });
    echo 'begins as ', getenv('SLOT_NAME'), PHP_EOL;
    proc_open(['sleep', '${mark}'], [], $pipes);
    while ($isWanted) { usleep(20000); }
    fwrite(STDERR, '{"message":"finishes its job","level_name":"INFO"}'.PHP_EOL);
  `,
};

let scratch: string;
let zip: string;
let redis: Redis;
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-workers-'));
  const paths = statePaths(join(scratch, 'state'));
  await createStateDirectories(paths);
  const certificates = await ensureCertificates(paths, new Date());
  const port = await freePort();
  redis = new Redis({ paths, certificates, port, password: 'a-password' });
  await redis.start();
  const source = join(scratch, 'source');
  await mkdir(source);
  for (const [path, content] of Object.entries(files)) await writeFile(join(source, path), content);
  ({ file: zip } = await buildPackage({ source, outDir: join(scratch, 'out'), cacheDir: join(scratch, 'cache') }));
  settings = {
    RELEASE_TOKEN: 'release-token',
    SLOT_NAME: 'production',
    WEBSITE_INSTANCE_ID: 'one',
    WEBSITES_CONTAINER_STOP_TIME_LIMIT: '20',
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(port),
    REDIS_PASSWORD: 'a-password',
    TLS_CA_FILE: certificates.caFile,
  };
});

afterAll(async () => {
  await redis?.stop(1_000);
  await removeDisk(scratch);
});

describe('workers and schedule of a container', () => {
  let it: Container;
  let version: string;

  beforeAll(async () => {
    it = await Container.create(join(scratch, 'production'), zip, settings);
    await it.start();
    version = String((await json('/_slipway/version')).version);
  });

  afterAll(() => it?.stop());

  async function json(path: string, init?: RequestInit): Promise<Record<string, unknown>> {
    return parseObject(await (await fetch(`${it.url}${path}`, init)).text());
  }

  async function declare(what: string): Promise<number> {
    const url = `${it.url}/_slipway/release/live?version=${what}`;
    return (await fetch(url, { method: 'PUT', headers })).status;
  }

  async function worker(name: string): Promise<Record<string, unknown>> {
    const { instances } = await json('/_slipway/release/live', { headers });
    const [instance] = instances as readonly Record<string, unknown>[];
    const workers = (instance?.workers ?? []) as readonly Record<string, unknown>[];
    return asObject(workers.find((each) => each.name === name));
  }

  /** Resolves when the worker has got as far as its child. */
  async function runs(): Promise<number> {
    await eventually('the worker runs', async () => {
      const { pid } = await worker('queue');
      return typeof pid === 'number' && (await commandLine(pid)) !== '' && (await processes(mark)).length === 1;
    });
    return Number((await worker('queue')).pid);
  }

  /** Processes whose command line begins so; of this container alone, since each has a name of its own. */
  async function processes(command: string): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const lines = await Promise.all(pids.map(async (pid) => [pid, await commandLine(pid)] as const));
    return lines.filter(([, line]) => line.includes(command)).map(([pid]) => pid);
  }

  test('do not run before the version is declared live, which health says', async () => {
    expect(await json('/_slipway/health')).toMatchObject({
      checks: { workers: [{ status: 'warn', output: expect.stringContaining('./slipway heal') }] },
    });
    await eventually('the supervisor says what runs', async () => (await worker('queue')).name !== undefined);
    expect(await worker('queue')).toMatchObject({ pid: null, restarts: 0, lastExit: null });
    expect((await fetch(`${it.url}/_slipway/release/live`, { method: 'PUT' })).status).toBe(404);
    expect(await declare('another')).toBe(409);
    expect((await json('/_slipway/release/live', { headers })).declared).toBeNull();
  });

  test('run once it is, and what they print are lines of their own', async () => {
    expect(await declare(version)).toBe(200);
    await runs();
    await eventually('both have printed', async () =>
      /begins as.*scheduled run|scheduled run.*begins as/s.test(await it.log()),
    );
    const lines = (await it.log()).split('\n').filter((line) => /begins as|scheduled run/.test(line));
    const said = lines.map((line) => JSON.parse(line)).map(({ process, message }) => `${process}: ${message}`);
    // The schedule runs once more when a minute ends meanwhile.
    expect([...new Set(said)].sort()).toEqual(['schedule: scheduled run', 'worker.queue: begins as production']);
  });

  test('a worker that dies again and again leaves the site alone, and health names it', async () => {
    await eventually('health names it', async () =>
      JSON.stringify(await json('/_slipway/health')).includes('ends again and again: broken (exit code 3)'),
    );
    expect(await (await fetch(it.url)).text()).toBe('site');
    expect((await worker('queue')).restarts).toBe(0);
  });

  test('a worker that was killed is back, with what it had started gone', async () => {
    const pid = await runs();
    process.kill(pid, 'SIGKILL');
    await eventually('another one runs', async () => (await runs()) !== pid);
    expect(await worker('queue')).toMatchObject({ restarts: 1, lastExit: { reason: 'signal 9' } });
    expect(await processes(mark)).toHaveLength(1);
  });

  test('a supervisor that was killed takes its workers with it and is back', async () => {
    const pid = await runs();
    const [supervisor = 0] = await processes(join(it.wwwroot, 'slipway/workers/supervise.php'));
    process.kill(supervisor, 'SIGKILL');
    await eventually('another one runs', async () => (await runs()) !== pid);
    expect(await commandLine(pid)).toBe('');
    expect(await (await fetch(it.url)).text()).toBe('site');
  });

  test('end when the declaration is withdrawn, each after its job', async () => {
    await runs();
    const { running } = await json('/_slipway/release/live', { method: 'DELETE', headers });
    expect(running).toBe(true);
    await eventually('nothing runs', async () => (await json('/_slipway/release/live', { headers })).running === false);
    expect(await it.log()).toContain('{"process":"worker.queue","message":"finishes its job"');
    expect(await processes(mark)).toEqual([]);
  });

  test('get the signal when the container stops, and nothing is left of them', async () => {
    await declare(version);
    await runs();
    const before = (await it.log()).split('finishes its job').length;
    await it.end('SIGTERM');
    expect((await it.log()).split('finishes its job')).toHaveLength(before + 1);
    expect(await processes(mark)).toEqual([]);
  });

  test('go on when the container starts again, and nothing outlives a script that was killed', async () => {
    await it.start();
    await runs();
    await it.end('SIGKILL');
    await eventually(
      'nothing is left',
      async () => (await processes(it.home)).length + (await processes(mark)).length === 0,
    );
  });
});

test('another instance runs a scheduled command in no minute in which it ran already', async () => {
  const it = await Container.create(join(scratch, 'second'), zip, { ...settings, WEBSITE_INSTANCE_ID: 'two' });
  try {
    await it.start();
    const { version } = parseObject(await (await fetch(`${it.url}/_slipway/version`)).text());
    await fetch(`${it.url}/_slipway/release/live?version=${version}`, { method: 'PUT', headers });
    // Its schedule looks when its workers are started.
    await eventually('its worker runs', async () => (await it.log()).includes('begins as production'));
    await it.end('SIGTERM');
    const at = [
      '--tls',
      '--cacert',
      String(settings.TLS_CA_FILE),
      '-p',
      String(settings.REDIS_PORT),
      '-a',
      'a-password',
    ];
    const ask = async (...words: string[]) =>
      (await run('redis-cli', [...at, '--no-auth-warning', ...words])).stdout.trim();
    const runs = Number(await ask('GET', 'test:runs'));
    // A minute that is claimed has a key of its own.
    const claimed = (await ask('KEYS', 'slipway:schedule:*')).split('\n').filter((key) => /:\d+$/.test(key));
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThanOrEqual(claimed.length);
  } finally {
    await it.stop();
  }
});

test('a container that starts as staging is not live, and nothing runs beside its site', async () => {
  const it = await Container.create(join(scratch, 'staging'), zip, { ...settings, SLOT_NAME: 'staging' });
  try {
    await mkdir(join(it.home, 'slipway'), { recursive: true });
    const live = join(it.home, 'slipway/live');
    await it.start();
    const { version } = parseObject(await (await fetch(`${it.url}/_slipway/version`)).text());
    await it.end('SIGTERM');
    await writeFile(live, `${version}\n`);
    await it.start();
    await expect(readFile(live)).rejects.toThrow();
    const url = `${it.url}/_slipway/release/live?version=${version}`;
    expect((await fetch(url, { method: 'PUT', headers })).status).toBe(409);
    expect(await it.log()).not.toContain('"process":"supervisor"');
  } finally {
    await it.stop();
  }
});

async function commandLine(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.replaceAll('\0', ' ');
}
