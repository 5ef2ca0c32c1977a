import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../lib/free-port.ts';
import { median } from '../lib/percentile.ts';
import { programPath, systemPath } from '../local/processes/programs.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { unpackPackage } from '../testbed/package-variant.ts';
import { type BenchOptions, type BenchResult, machine, machineText } from './bench.ts';

const root = join(import.meta.dirname, '../..');
const peers = join(import.meta.dirname, 'peers');
const ROUNDS = 5;
const SECONDS_PER_RUN = 8;
const CONNECTIONS = 16;
const CHILDREN = 8;
const START_WITHIN_MS = 30_000;
const target = { ofBareSymfony: 0.9, p99OfP50: 5 };

type Name = 'web application' | 'bare Symfony' | 'one line';

interface Run {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

interface Server {
  readonly name: Name;
  readonly process: ChildProcess;
  readonly url: string;
}

/** `/api/ping` of the application beside a bare Symfony kernel and a one-line script, each under the same startup.sh. */
export async function run({ folder, say, scale = 1 }: BenchOptions): Promise<BenchResult> {
  const work = await mkdtemp(join(tmpdir(), 'sw-web-'));
  const servers: Server[] = [];
  try {
    say('building the three applications');
    const { places, slipway } = await prepare(work);
    for (const [name, place] of Object.entries(places)) servers.push(await serve(name as Name, place, slipway));
    const runs: Record<Name, Run[]> = { 'web application': [], 'bare Symfony': [], 'one line': [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, url } of servers) {
        say(`round ${round + 1} of ${ROUNDS}: ${name}`);
        runs[name].push(await load(url, Math.max(1, Math.round(SECONDS_PER_RUN * scale))));
      }
    }
    const raw = {
      machine: machine(),
      target,
      connections: CONNECTIONS,
      children: CHILDREN,
      secondsPerRun: SECONDS_PER_RUN,
      runs,
    };
    await mkdir(folder, { recursive: true });
    const rawFile = join(folder, 'web.json');
    await writeFile(rawFile, `${JSON.stringify(raw, null, 1)}\n`);
    return { title: 'Web application', markdown: report(runs), rawFile };
  } finally {
    await Promise.all(servers.map(end));
    await rm(work, { recursive: true, force: true });
  }
}

/** The released package's application and runtime, and peers that use the same vendor directory and runtime. */
async function prepare(work: string): Promise<{ readonly places: Record<Name, string>; readonly slipway: string }> {
  const { file } = await buildPackage({
    source: join(root, 'webapplication'),
    outDir: join(work, 'package'),
    cacheDir: join(root, '.setup/packages'),
  });
  const { directory } = await unpackPackage(file, join(work, 'open'));
  const application = join(directory, 'app');
  const peer = async (name: string) => {
    const place = join(work, name);
    await cp(join(peers, name), place, { recursive: true });
    for (const part of ['vendor', 'src/polyfill-php85.php']) {
      await cp(join(application, part), join(place, part), { recursive: true });
    }
    return place;
  };
  const places = {
    'web application': application,
    'bare Symfony': await peer('bare-symfony'),
    'one line': await peer('one-line'),
  };
  // As the package of the web application is, which has its compiled cache.
  await promisify(execFile)(await programPath('php'), ['bin/console', 'cache:warmup'], { cwd: places['bare Symfony'] });
  return { places, slipway: join(directory, 'slipway') };
}

async function serve(name: Name, place: string, slipway: string): Promise<Server> {
  const port = await freePort();
  const run = `${place}-run`;
  const child = spawn(await programPath('bash'), [join(slipway, 'startup.sh')], {
    cwd: place,
    detached: true,
    stdio: 'ignore',
    env: {
      PATH: systemPath,
      APP_DIR: place,
      RUN_DIR: run,
      NGINX_LISTEN: `127.0.0.1:${port}`,
      NGINX_PID_FILE: join(run, 'nginx.pid'),
      NGINX_BIN: await programPath('nginx'),
      PHP_FPM: await programPath('php-fpm'),
      PHP: await programPath('php'),
      APP_USER: process.env.USER ?? 'root',
      FPM_MAX_CHILDREN: String(CHILDREN),
      MEDIA_ROOT: join(place, 'media'),
    },
  });
  const server = { name, process: child, url: `http://127.0.0.1:${port}/api/ping` };
  const deadline = Date.now() + START_WITHIN_MS;
  while ((await answerOf(server.url)) !== '{"content":"pong"}') {
    if (Date.now() > deadline) {
      await end(server);
      throw new Error(`${name} does not answer {"content":"pong"} on ${server.url}`);
    }
    await sleep(50);
  }
  return server;
}

async function answerOf(url: string): Promise<string> {
  return fetch(url).then(
    (answer) => answer.text(),
    () => '',
  );
}

async function end({ process: child }: Server): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await ended;
}

async function load(url: string, seconds: number): Promise<Run> {
  const { stdout } = await promisify(execFile)('wrk', ['-t2', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', url]);
  const figure = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? '';
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  const failed = [...errors, figure(/Non-2xx or 3xx responses: (\d+)/)].reduce((sum, text) => sum + Number(text), 0);
  return {
    requestsPerSecond: Number(figure(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(figure(/50%\s+([\d.]+\w+)/)),
    p99Ms: milliseconds(figure(/99%\s+([\d.]+\w+)/)),
    failed,
  };
}

function milliseconds(text: string): number {
  const [, value = 'NaN', unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) * ({ us: 0.001, ms: 1, s: 1_000 }[unit] ?? Number.NaN);
}

function report(runs: Record<Name, Run[]>): string {
  const of = (name: Name, figure: (run: Run) => number) => median(runs[name].map(figure));
  // Round by round: what ran in the same minute is compared.
  const ratio = (to: Name) =>
    median(
      runs['web application'].map((own, round) => own.requestsPerSecond / (runs[to][round]?.requestsPerSecond ?? 1)),
    );
  const spread = median(runs['web application'].map((own) => own.p99Ms / own.p50Ms));
  const rows = (Object.keys(runs) as Name[]).map((name) =>
    [
      name,
      of(name, (r) => r.requestsPerSecond).toFixed(0),
      of(name, (r) => r.p50Ms).toFixed(1),
      of(name, (r) => r.p99Ms).toFixed(1),
      runs[name].reduce((sum, r) => sum + r.failed, 0),
    ].join(' | '),
  );
  const verdict = (met: boolean) => (met ? 'met' : 'missed');
  return [
    machineText(machine()),
    '',
    `\`/api/ping\`, wrk with ${CONNECTIONS} connections, ${CHILDREN} php-fpm children, ${ROUNDS} rounds in turn; medians. All three run under`,
    'the same runtime (`slipway/startup.sh`): the same nginx and php-fpm configuration, opcache and preload. Raw data: [web.json](benchmarks/web.json).',
    '',
    '| | requests/s | p50 ms | p99 ms | failed |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
    '| target | measured | |',
    '|---|---|---|',
    `| ≥ ${target.ofBareSymfony} × a bare Symfony micro-kernel | ${ratio('bare Symfony').toFixed(2)} | ${verdict(ratio('bare Symfony') >= target.ofBareSymfony)} |`,
    `| p99 ≤ ${target.p99OfP50} × p50 | ${spread.toFixed(1)} | ${verdict(spread <= target.p99OfP50)} |`,
    '',
    `Of the one-line script it reaches ${ratio('one line').toFixed(2)}; the bare kernel ${median(runs['bare Symfony'].map((r, i) => r.requestsPerSecond / (runs['one line'][i]?.requestsPerSecond ?? 1))).toFixed(2)}.`,
  ].join('\n');
}
