import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Connection } from '../lib/connection.ts';
import { eventually, finished, TestRegion } from '../testbed/region.ts';

jest.setTimeout(90_000);

let region: TestRegion;
let connection: Connection;

beforeAll(async () => {
  region = await TestRegion.create();
  await region.start();
  connection = await region.connection();
}, 120_000);

afterAll(() => region.remove(), 60_000);

interface Image {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly durable: boolean;
}

async function makeImage(): Promise<{ status: number; image: Image; tookMs: number }> {
  const before = performance.now();
  const answer = await fetch(`${connection.production}/api/generate-image`, { method: 'POST' });
  const image = (await answer.json()) as Image;
  return { status: answer.status, image, tookMs: performance.now() - before };
}

async function read(url: string): Promise<{ status: number; sha256: string }> {
  const answer = await fetch(`${connection.production}${url}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function isInBlob(name: string): Promise<boolean> {
  return (await region.media()).getBlobClient(name).exists();
}

describe('an image made through the application', () => {
  test('is durable when the answer comes, readable at its URL, and the same in Blob by MD5', async () => {
    const { status, image } = await makeImage();
    expect({ status, durable: image.durable }).toEqual({ status: 201, durable: true });
    expect(await read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
    const blob = (await region.media()).getBlobClient(image.name);
    const bytes = await blob.downloadToBuffer();
    const { contentMD5 } = await blob.getProperties();
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(image.sha256);
    expect(Buffer.from(contentMD5 ?? []).toString('hex')).toBe(createHash('md5').update(bytes).digest('hex'));
  });

  test('with Blob away is answered within 200 ms, stays readable, and is in Blob 5 s after it is back', async () => {
    const { servers } = await region.status();
    process.kill(servers.blob ?? 0, 'SIGKILL');
    await eventually('the sidecar knows that Blob is away', 10_000, async () => !(await makeImage()).image.durable);
    const { status, image } = await makeImage();
    expect({ status, durable: image.durable }).toEqual({ status: 201, durable: false });
    // The quickest of a few: another test may have the processor for a moment.
    const times = [await makeImage(), await makeImage(), await makeImage()].map(({ tookMs }) => tookMs);
    expect(Math.min(...times)).toBeLessThan(200);
    expect(await read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
    expect((await region.status()).servers.blob).toBeNull();
    await region.start();
    await eventually('the image is in Blob', 5_000, () => isInBlob(image.name));
  });
});

describe('a process that crashed', () => {
  test.each(['nginx', 'phpFpm', 'sidecar'] as const)('%s is back within 5 s', async (name) => {
    const pid = async () => (await region.status()).slots.production.instances[0]?.processes[name] ?? null;
    const before = await pid();
    process.kill(before ?? 0, 'SIGKILL');
    await eventually(`${name} is back`, 5_000, async () => {
      const now = await pid();
      return now !== null && now !== before && (await read('/api/health/live')).status === 200;
    });
  });

  test('of the sidecar has its reason in the status', async () => {
    const exits = (await region.status()).slots.production.instances[0]?.exits ?? {};
    const reasons = Object.entries(exits).flatMap(([name, ended]) => ended.map(({ reason }) => `${name}: ${reason}`));
    expect(reasons).toContainEqual(expect.stringMatching(/^sidecar.*: signal SIGKILL$/));
  });
});

describe('the state directory', () => {
  test('is for its owner alone', async () => {
    expect((await stat(region.stateDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(region.stateDir, 'connection.json'))).mode & 0o777).toBe(0o600);
  });

  test('half deleted while stopped heals, and what was made before is still there', async () => {
    const { image } = await makeImage();
    expect((await region.command('stop')).code).toBe(0);
    for (const part of ['tls', 'front', 'ports.json', 'evaluation.json', 'processes', 'images', 'mounts', 'redis']) {
      await rm(join(region.stateDir, part), { recursive: true, force: true });
    }
    const { cacheApiToken, releaseToken, managementToken } = connection;
    await region.start();
    connection = await region.connection();
    expect(await read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
    expect((await makeImage()).image.durable).toBe(true);
    expect(connection).toMatchObject({ cacheApiToken, releaseToken, managementToken });
  });

  test('is the only one that reset removes', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sw-not-a-region-'));
    await mkdir(join(other, 'logs'));
    const { code, stderr } = await finished(
      spawn(process.execPath, [join(region.root, 'infra/cli/main.ts'), 'reset', '--state', other]),
    );
    expect([code, stderr.includes('SLIP-LOCAL-NOT-STATE')]).toEqual([1, true]);
    await rm(other, { recursive: true });
  });
});

describe('npm start', () => {
  test('says that the region is up and changes nothing when it is', async () => {
    const before = await region.status();
    const { code, stdout } = await region.command('start');
    expect(code).toBe(0);
    expect(stdout).toMatch(/already up/);
    expect((await region.status()).slots.production.since).toBe(before.slots.production.since);
  });

  test('heals what a killed region left: no orphan, no image lost', async () => {
    const { image } = await makeImage();
    const { pid } = await region.status();
    process.kill(pid, 'SIGKILL');
    await eventually('its processes ended with it', 10_000, async () => (await region.processes()).length === 0);
    await region.start();
    connection = await region.connection();
    expect(await read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
  });

  test('twice at the same time starts one region', async () => {
    expect((await region.command('stop')).code).toBe(0);
    const both = await Promise.all([region.command('start'), region.command('start')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    connection = await region.connection();
    expect((await makeImage()).status).toBe(201);
  });

  test('interrupted in the middle leaves no process, and the next one works', async () => {
    expect((await region.command('stop')).code).toBe(0);
    const child = region.spawn('start');
    const ended = finished(child);
    await eventually('it is starting', 20_000, async () => (await region.processes()).length > 3);
    child.kill('SIGINT');
    expect((await ended).code).not.toBe(0);
    await eventually('nothing of it is left', 20_000, async () => (await region.processes()).length === 0);
    await region.start();
    connection = await region.connection();
    expect((await makeImage()).image.durable).toBe(true);
  });

  test('with its port in use says which, and what to do', async () => {
    const other = await TestRegion.create();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(other.port, '127.0.0.1', resolve));
    const { code, stderr } = await other.command('start');
    squatter.close();
    expect(code).toBe(1);
    expect(stderr).toContain('SLIP-LOCAL-PORT-IN-USE');
    expect(stderr).toContain(String(other.port));
    expect(stderr).not.toMatch(/\n\s+at /);
    await other.remove();
  });
});

test('npm stop leaves no process, no socket and no temporary file', async () => {
  expect((await region.command('stop')).code).toBe(0);
  expect(await region.processes()).toEqual([]);
  const { stdout } = await finished(
    spawn('find', [region.stateDir, '(', '-type', 's', '-o', '-name', '*.tmp', '-o', '-name', '*.pid', ')']),
  );
  expect(stdout).toBe('');
  expect(await readFile(join(region.stateDir, 'site.json'), 'utf8')).toContain('production');
});
