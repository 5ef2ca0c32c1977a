import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, opendirSync, readdirSync } from 'node:fs';
import { mkdtemp, rename, rmdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TELEMETRY_START_DELAY_MS } from '../../sidecar/src/defaults.ts';
import type { Azurite } from '../../sidecar/testbed/azurite.ts';
import { unsignedToken } from '../../sidecar/testbed/identity.ts';
import type { Testbed } from '../../sidecar/testbed/testbed.ts';
import { until } from '../../sidecar/testbed/until.ts';

export interface Folders {
  /** Files that are brought before the clock starts, so that Azurite is warm for every tool. */
  readonly warming: string;
  readonly files: string;
}

/** Something that brings the files of a folder into the container: its name, and how it is run. */
export interface Tool {
  readonly name: string;
  /** Gives the milliseconds until all files are there: from the start of the process, where it is one that ends. */
  readonly run: (bed: Testbed, folders: Folders) => Promise<number>;
}

const PUT_LOOP = fileURLToPath(new URL('./sidecar-put-loop.ts', import.meta.url));
const AZCOPY_PACKAGE = fileURLToPath(
  new URL('../../node_modules/@azure-tools/azcopy-linux/dist/bin/', import.meta.url),
);
export const AT_ONCE = 16;
/** By then telemetry has started, too: a start's processor time is no part of carrying files. */
const STARTED_MS = TELEMETRY_START_DELAY_MS + 2_000;
/** Every 10 ms, looking for the first entry of a folder that was full took about a fifth of the machine. Adds 25 ms to a run. */
const POLL_MS = 50;
/** rclone's own default is 4; with 32 it is at its best here. */
const RCLONE_TRANSFERS = 32;

export function tools(): { found: Tool[]; missing: string[] } {
  const azcopy = findAzcopy();
  const rclone = onPath('rclone');
  return {
    found: [
      { name: 'sidecar', run: runSidecar },
      { name: 'bare PUT loop', run: runPutLoop },
      ...(rclone === undefined ? [] : [{ name: 'rclone', run: runRclone }]),
      ...(azcopy === undefined
        ? []
        : [{ name: 'azcopy', run: (bed: Testbed, folders: Folders) => runAzcopy(azcopy, bed, folders) }]),
    ],
    missing: [
      ...(rclone === undefined ? ['rclone is not installed (apt install rclone)'] : []),
      ...(azcopy === undefined
        ? ['azcopy does not run here (npm install --no-save @azure-tools/azcopy-linux, apt install libsecret-1-0)']
        : []),
    ],
  };
}

/** It is a service: it runs already when the files appear, all at once, by a rename. Until it has noticed them counts. */
async function runSidecar(bed: Testbed, { warming, files }: Folders): Promise<number> {
  const sidecar = await bed.sidecar();
  try {
    await sleep(STARTED_MS);
    await appear(sidecar.outbox, warming);
    return await appear(sidecar.outbox, files);
  } finally {
    await sidecar.down('SIGKILL');
  }
}

async function appear(outbox: string, folder: string): Promise<number> {
  await rmdir(outbox);
  const begun = performance.now();
  await rename(folder, outbox);
  await until('the outbox is empty', () => isEmpty(outbox), 600_000, POLL_MS);
  return performance.now() - begun;
}

/** Reads one entry: with a whole listing the bench would take from the sidecar what it measures. */
function isEmpty(folder: string): boolean {
  const entries = opendirSync(folder);
  try {
    return entries.readSync() === null;
  } finally {
    entries.closeSync();
  }
}

async function runPutLoop(bed: Testbed, { warming, files }: Folders): Promise<number> {
  const { token } = unsignedToken('https://storage.azure.com', 3_600);
  const args = [PUT_LOOP, warming, files, containerUrl(bed.azurite), token, String(AT_ONCE)];
  const loop = spawn(process.execPath, args, { env: trusting(bed), stdio: ['pipe', 'pipe', 'pipe'] });
  const ready = once(loop.stdout, 'data');
  const ended = timed(loop);
  await Promise.race([ready, ended]);
  const begun = performance.now();
  loop.stdin.write('go\n');
  await ended;
  return performance.now() - begun;
}

/** Azurite gets the files of `warming` for a tool that brings its own in one go. */
async function warmUp(bed: Testbed, warming: string): Promise<void> {
  await runPutLoop(bed, { warming, files: await mkdtemp(join(bed.folder, 'none-')) });
}

async function runRclone(bed: Testbed, { warming, files }: Folders): Promise<number> {
  await warmUp(bed, warming);
  // Its endpoint option puts the account's name before the host, which an address of numbers does not take; a SAS URL is used as it is.
  const remote = {
    RCLONE_CONFIG_BENCH_TYPE: 'azureblob',
    RCLONE_CONFIG_BENCH_SAS_URL: `${containerUrl(bed.azurite)}?${bed.azurite.sas()}`,
  };
  const args = [
    'copy',
    files,
    'bench:media',
    '--transfers',
    String(RCLONE_TRANSFERS),
    '--ca-cert',
    bed.certificate.cert,
    '--config',
    '',
  ];
  return timed(spawn('rclone', args, { env: { ...trusting(bed), ...remote }, stdio: ['ignore', 'ignore', 'pipe'] }));
}

async function runAzcopy(azcopy: string, bed: Testbed, { warming, files }: Folders): Promise<number> {
  await warmUp(bed, warming);
  const sas = bed.azurite.sas();
  const args = [
    'copy',
    `${files}/*`,
    `${containerUrl(bed.azurite)}?${sas}`,
    '--from-to=LocalBlob',
    '--log-level',
    'NONE',
    '--put-md5',
    '--output-level',
    'essential',
  ];
  const places = {
    AZCOPY_JOB_PLAN_LOCATION: join(bed.folder, 'azcopy'),
    AZCOPY_LOG_LOCATION: join(bed.folder, 'azcopy'),
  };
  const env = { ...trusting(bed), ...places, AZCOPY_DISABLE_SYSLOG: 'true', SSL_CERT_FILE: bed.certificate.cert };
  return timed(spawn(azcopy, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

function timed(child: ChildProcess): Promise<number> {
  const begun = performance.now();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-2_000);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(performance.now() - begun);
      else reject(new Error(`${child.spawnfile} ended with ${code}: ${said}`));
    });
  });
}

function containerUrl(azurite: Azurite): string {
  return `${azurite.endpoint}${azurite.containerName}`;
}

function trusting(bed: Testbed): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = process.env;
  return { PATH, LD_LIBRARY_PATH, HOME: bed.folder, NODE_EXTRA_CA_CERTS: bed.certificate.cert };
}

function findAzcopy(): string | undefined {
  const packaged = existsSync(AZCOPY_PACKAGE)
    ? readdirSync(AZCOPY_PACKAGE).map((name) => join(AZCOPY_PACKAGE, name))
    : [];
  return [...packaged, onPath('azcopy')].find((path) => path !== undefined && runs(path));
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** azcopy is there and does not start where libsecret is missing. */
function runs(path: string): boolean {
  return spawnSync(path, ['--version']).status === 0;
}
