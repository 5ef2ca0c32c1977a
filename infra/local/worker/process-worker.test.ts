import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTimeOf } from '../../lib/process-facts.mjs';
import { eventually } from '../../testbed/eventually.ts';
import type { StorageMount, WorkerSpec } from '../appservice/worker.ts';
import { createStateDirectories } from '../state/files.ts';
import { type StatePaths, statePaths } from '../state/paths.ts';
import { ProcessWorker } from './process-worker.ts';

const spec: WorkerSpec = {
  slot: 'staging',
  settings: {},
  siteContainers: [],
  mounts: {},
  startupCommand: 'bash /home/site/wwwroot/start.sh',
};

let paths: StatePaths;
let worker: ProcessWorker;
let attach: (mount: StorageMount) => Promise<void>;
let wwwroot: string;

beforeEach(async () => {
  attach = async () => undefined;
  paths = statePaths(await mkdtemp(join(tmpdir(), 'sw-worker-')));
  await createStateDirectories(paths);
  worker = new ProcessWorker({
    id: 'b',
    paths,
    caBundle: '',
    mounts: { directoryOf: () => undefined, attach: async (mount) => attach(mount) },
    mountRetryMs: 10,
    resolver: { placeholder: () => undefined, secret: () => undefined },
    sidecarPort: 1,
    identity: { endpoint: '', header: '' },
    site: { name: 'shop', hostName: 'localhost' },
  });
  wwwroot = join(paths.worker('b').home, 'site', 'wwwroot');
});

afterEach(async () => {
  await worker.stop(0);
  await rm(paths.root, { recursive: true, force: true });
});

test('an empty slot starts nothing, so nothing of it ends', async () => {
  await worker.start(spec);
  expect(await readdir(paths.processes)).toEqual([]);
  expect(worker.exits).toEqual({ 'worker-b': [] });
});

test('no worker of the application outlives its container', async () => {
  await mkdir(wwwroot, { recursive: true });
  const script = `mkdir -p "$RUN_DIR/workers"
    setsid sleep 600 & worker=$!
    until read -ra stat </proc/$worker/stat && [ "\${stat[5]}" = $worker ]; do :; done
    echo "{\\"$worker\\":\\"\${stat[21]}\\"}" >"$RUN_DIR/workers/running.json"
    echo $worker >'${paths.root}/worker'
    sleep 600`;
  await writeFile(join(wwwroot, 'start.sh'), script);
  await worker.start(spec);
  const pid = async () => Number(await readFile(join(paths.root, 'worker'), 'utf8').catch(() => ''));
  await eventually('it runs', async () => (await pid()) > 0);
  await worker.stop(0);
  expect(startTimeOf(await pid())).toBeUndefined();
});

test('a slot with content runs its startup command', async () => {
  await mkdir(wwwroot, { recursive: true });
  await writeFile(join(wwwroot, 'start.sh'), `echo "$HOME" > '${paths.root}/started'; sleep 60`);
  await worker.start(spec);
  await eventually('the command runs', async () =>
    readFile(join(paths.root, 'started'), 'utf8').then(
      (text) => text.trim() === worker.home,
      () => false,
    ),
  );
});

test('content without its startup script ends with the shell’s exit code, which is kept', async () => {
  await mkdir(wwwroot, { recursive: true });
  await writeFile(join(wwwroot, 'index.php'), '');
  await worker.start(spec);
  await eventually('the end is recorded', () => (worker.exits['worker-b']?.length ?? 0) > 0);
  expect(worker.exits['worker-b']?.[0]?.reason).toBe('exit code 127');
});

test('content without a startup command starts nothing, so nothing of it ends', async () => {
  await mkdir(wwwroot, { recursive: true });
  await writeFile(join(wwwroot, 'index.php'), '');
  await worker.start({ ...spec, startupCommand: '' });
  expect(await readdir(paths.logs)).toEqual([]);
  expect(worker.exits).toEqual({ 'worker-b': [] });
});

test('storage that cannot be mounted keeps the containers from starting until it can be', async () => {
  await mkdir(wwwroot, { recursive: true });
  await writeFile(join(wwwroot, 'start.sh'), `touch '${paths.root}/started'; sleep 60`);
  let attempts = 0;
  let away = true;
  attach = async () => {
    attempts += 1;
    if (away) throw new Error('the key does not open the account st');
  };
  await worker.start({ ...spec, mounts: { media: { mountPath: '/mounts/media' } } });
  await eventually('it was tried again', () => attempts > 2);
  expect(await readdir(paths.processes)).toEqual([]);
  expect(await readFile(join(paths.logs, 'worker-b.log'), 'utf8')).toContain('the key does not open');
  away = false;
  await eventually('the container runs', async () => (await readdir(paths.root)).includes('started'));
});

test('a worker that waits for its storage stops at once', async () => {
  attach = async () => {
    throw new Error('away');
  };
  await worker.start({ ...spec, mounts: { media: {} } });
  await worker.stop(0);
  expect(worker.running).toBe(false);
});
