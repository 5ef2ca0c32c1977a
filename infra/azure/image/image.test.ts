import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Arm } from '../arm.ts';
import { buildContext } from './context.ts';
import { type BuiltImage, sidecarImage, withDigest } from './image.ts';
import { BuildingRegistry } from './registry.ts';
import { tar } from './tar.ts';

const ID = '/subscriptions/s/resourceGroups/rg-slipway-shared/providers/Microsoft.ContainerRegistry/registries/acrx';
const DIGEST = `sha256:${'ab'.repeat(32)}`;

let root: string;
let azure: Server;
let endpoint: string;
/** What Azure does next; a test changes it. */
let tasksAllowed: boolean;
let states: string[];
let runId: string;
let runStatus: number;
let pushed: Map<string, string>;
let uploaded: Buffer | undefined;
let scheduled: Record<string, unknown> | undefined;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'slipway-image-'));
  for (const directory of ['infra', 'sidecar/src', 'sidecar/node_modules/x'])
    mkdirSync(join(root, directory), { recursive: true });
  const files = [
    '.npmrc',
    'package.json',
    'package-lock.json',
    'infra/package.json',
    'sidecar/Dockerfile',
    'sidecar/src/main.ts',
  ];
  for (const file of [...files, 'sidecar/src/main.test.ts', 'sidecar/node_modules/x/index.js'])
    writeFileSync(join(root, file), `${file}\n`);
  writeFileSync(join(root, 'Pulumi.dev.yaml'), '# kept\nconfig:\n  slipway:stage: dev # too\n');
  tasksAllowed = true;
  states = ['Queued', 'Running', 'Succeeded'];
  runId = 'run1';
  runStatus = 200;
  pushed = new Map();
  uploaded = undefined;
  scheduled = undefined;
  azure = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const {
        status = 200,
        body,
        headers = {},
      } = answer(request.method ?? '', request.url ?? '', Buffer.concat(chunks));
      response.writeHead(status, headers).end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => azure.listen(0, '127.0.0.1', resolve));
  const address = azure.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterEach(() => {
  azure.close();
  rmSync(root, { recursive: true });
});

interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Azure Container Registry as its REST reference describes it. */
function answer(method: string, url: string, sent: Buffer): Reply {
  const path = url.split('?')[0] ?? '';
  if (path === ID) return { body: { properties: { loginServer: 'acrx.azurecr.io' } } };
  if (path === `${ID}/listBuildSourceUploadUrl`)
    return { body: { uploadUrl: `${endpoint}/upload`, relativePath: 'source/1.tar.gz' } };
  if (path === '/upload' && method === 'PUT') {
    uploaded = sent;
    return { status: 201 };
  }
  if (path === `${ID}/scheduleRun`) {
    if (!tasksAllowed)
      return { status: 403, body: { error: { code: 'TasksOperationsNotAllowed', message: 'not on free credit' } } };
    scheduled = JSON.parse(sent.toString());
    return { body: { name: runId, properties: { runId, status: 'Queued' } } };
  }
  if (path.startsWith(`${ID}/runs`) && runStatus !== 200) return { status: runStatus };
  if (path === `${ID}/runs/run1`) {
    const status = states.length > 1 ? states.shift() : states[0];
    const outputImages = status === 'Succeeded' ? [{ repository: 'slipway/sidecar', digest: DIGEST }] : [];
    return { body: { properties: { status, outputImages, runErrorMessage: 'step 3' } } };
  }
  if (path === `${ID}/runs/run1/listLogSasUrl`) return { body: { logLink: 'https://logs/1' } };
  if (path === '/oauth2/exchange') return { body: { refresh_token: 'refresh' } };
  if (path === '/oauth2/token') return { body: { access_token: 'access' } };
  const digest = pushed.get(path.replace('/v2/slipway/sidecar/manifests/', ''));
  return digest === undefined ? { status: 404 } : { headers: { 'docker-content-digest': digest } };
}

function image(stacks: readonly string[] = ['dev']): Promise<BuiltImage> {
  const token = async () => 'a-token';
  const registry = new BuildingRegistry({
    arm: new Arm({ endpoint, token }),
    id: ID,
    repository: 'slipway/sidecar',
    pollMs: 1,
  });
  return sidecarImage({
    root,
    registry,
    repository: 'slipway/sidecar',
    token,
    stacks,
    onProgress: () => undefined,
    registryUrl: () => endpoint,
  });
}

describe('the build context', () => {
  test('is a tar.gz that tar reads, without tests and installed packages', async () => {
    const { archive } = await buildContext(root);
    const { stdout, status } = spawnSync('tar', ['-tzf', '-'], { input: archive, encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      '.npmrc',
      'infra/package.json',
      'package-lock.json',
      'package.json',
      'sidecar/Dockerfile',
      'sidecar/src/main.ts',
    ]);
  });

  test('has one tag per content', async () => {
    const first = await buildContext(root);
    expect((await buildContext(root)).tag).toBe(first.tag);
    writeFileSync(join(root, 'sidecar/src/main.ts'), 'other\n');
    expect((await buildContext(root)).tag).not.toBe(first.tag);
  });

  test('is refused without a Dockerfile', async () => {
    rmSync(join(root, 'sidecar/Dockerfile'));
    await expect(image()).rejects.toMatchObject({ code: 'SLIP-IMAGE-CONTEXT' });
  });
});

test('builds in the registry and writes the digest where `up` finds it', async () => {
  const { tag } = await buildContext(root);
  expect(await image()).toEqual({ digest: DIGEST, image: `acrx.azurecr.io/slipway/sidecar:${tag}`, built: true });
  expect(scheduled).toMatchObject({
    type: 'DockerBuildRequest',
    imageNames: [`slipway/sidecar:${tag}`],
    isPushEnabled: true,
    dockerFilePath: 'sidecar/Dockerfile',
    sourceLocation: 'source/1.tar.gz',
  });
  expect(gunzipSync(uploaded ?? Buffer.alloc(0)).includes('sidecar/Dockerfile')).toBe(true);
  expect(readFileSync(join(root, 'Pulumi.dev.yaml'), 'utf8')).toBe(
    `# kept\nconfig:\n  slipway:stage: dev # too\n  slipway:sidecar.digest: ${DIGEST}\n`,
  );
});

test('does not build what the registry has', async () => {
  const other = `sha256:${'cd'.repeat(32)}`;
  pushed.set((await buildContext(root)).tag, other);
  expect(await image()).toMatchObject({ digest: other, built: false });
  expect(scheduled).toBeUndefined();
});

test('says which Docker commands do it where the registry may not build', async () => {
  tasksAllowed = false;
  await expect(image()).rejects.toMatchObject({
    code: 'SLIP-IMAGE-TASKS',
    detail: {
      found: expect.stringContaining('not on free credit'),
      fix: expect.stringMatching(
        /az acr login --name acrx\n.*docker build .*\n.*docker push acrx\.azurecr\.io\/slipway\/sidecar:/,
      ),
    },
  });
});

test('shows the log of a build that fails, and writes no digest', async () => {
  states = ['Running', 'Failed'];
  await expect(image()).rejects.toMatchObject({
    code: 'SLIP-IMAGE-BUILD',
    detail: { fix: expect.stringContaining('https://logs/1') },
  });
  expect(readFileSync(join(root, 'Pulumi.dev.yaml'), 'utf8')).not.toContain('sha256');
});

test.each([
  ['a run that is not there', 'run1', 404, /run run1 cannot be looked at: Azure answers 404/],
  ['a run without a number', '', 200, /did not say its number/],
])('gives up on %s instead of waiting for it', async (_, id, status, found) => {
  runId = id;
  runStatus = status;
  await expect(image()).rejects.toMatchObject({
    code: 'SLIP-IMAGE-BUILD',
    detail: { found: expect.stringMatching(found) },
  });
});

test('refuses a stack that has no file before anything is built', async () => {
  await expect(image(['moon'])).rejects.toMatchObject({ code: 'SLIP-IMAGE-STACK' });
  expect(scheduled).toBeUndefined();
});

test('a digest takes the place of an older one', () => {
  expect(withDigest(withDigest('config:\n  a: b\n', 'sha256:1'), 'sha256:2')).toBe(
    'config:\n  a: b\n  slipway:sidecar.digest: sha256:2\n',
  );
});

test('long paths go into a tar archive too, and too long ones are refused', () => {
  const path = `${'d'.repeat(60)}/${'e'.repeat(60)}/file`;
  const { stdout } = spawnSync('tar', ['-tf', '-'], {
    input: tar([{ path, content: Buffer.from('x') }]),
    encoding: 'utf8',
  });
  expect(stdout.trim()).toBe(path);
  expect(() => tar([{ path: 'f'.repeat(101), content: Buffer.alloc(0) }])).toThrow(/too long/);
});
