import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTimeOf } from '../../lib/process-facts.mjs';
import { eventually } from '../../testbed/eventually.ts';
import { systemPath } from './programs.ts';
import { endLeftovers, nextRestartDelay, type ProcessSpec, RegionProcess } from './region-process.ts';

let directory: string;
let started: RegionProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-process-'));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((process) => process.stop(0)));
  await rm(directory, { recursive: true, force: true });
});

function bash(script: string, change: Partial<ProcessSpec> = {}): RegionProcess {
  const process = new RegionProcess({
    name: 'it',
    command: 'bash',
    args: ['-c', script],
    env: { PATH: systemPath },
    cwd: directory,
    logFile: join(directory, 'it.log'),
    recordDir: directory,
    restart: false,
    stopSignal: 'SIGTERM',
    ...change,
  });
  started.push(process);
  return process;
}

const alive = async (pid: number) => startTimeOf(pid) !== undefined;

async function numberIn(name: string): Promise<number> {
  await eventually(name, async () => (await readFile(join(directory, name), 'utf8').catch(() => '')).trim() !== '');
  return Number(await readFile(join(directory, name), 'utf8'));
}

describe('a process of the region', () => {
  test('comes back when it crashed and was to be restarted, with the reason kept', async () => {
    const process = bash('echo $$ > pid; exec sleep 60', { restart: true });
    await process.start();
    const first = await numberIn('pid');
    globalThis.process.kill(first, 'SIGSEGV');
    await eventually('its successor', async () => process.pid !== undefined && process.pid !== first);
    expect(process.exits.map((exit) => exit.reason)).toEqual(['signal SIGSEGV']);
  });

  test('stays down when it was not to be restarted', async () => {
    const process = bash('exit 7');
    await process.start();
    await eventually('its end', async () => !process.running);
    expect(process.exits.map((exit) => exit.reason)).toEqual(['exit code 7']);
  });

  test('takes everything it started with it', async () => {
    const process = bash('sleep 60 & echo $! > child; wait');
    await process.start();
    const child = await numberIn('child');
    await process.stop(0);
    await eventually('the end of its child', async () => !(await alive(child)));
  });

  test('takes everything it started with it also when it ends by itself', async () => {
    const process = bash('sleep 60 & echo $! > child; exit 3');
    await process.start();
    const child = await numberIn('child');
    await eventually('the end of its child', async () => !(await alive(child)));
  });

  test('is restarted after a delay that doubles up to 2 s, and starts over once it ran for a while', () => {
    expect([500, 1_000, 2_000].map((delay) => nextRestartDelay(delay, 0))).toEqual([1_000, 2_000, 2_000]);
    expect(nextRestartDelay(2_000, 10_001)).toBe(500);
  });

  const autogroups = existsSync('/proc/self/autogroup') ? test : test.skip;
  autogroups('waits behind visitors while it starts and while it ends, when it is a container', async () => {
    const process = bash(
      'trap "while [ ! -e seen ]; do sleep 0.02; done; exit" TERM; echo > up; while :; do sleep 0.02; done',
      {
        restart: true,
      },
    );
    await process.start();
    const nice = (value: number) => async () =>
      (await readFile(`/proc/${process.pid}/autogroup`, 'utf8')).endsWith(` nice ${value}\n`);
    await eventually('its start has a low priority', nice(15));
    await eventually('its signal handler', async () => existsSync(join(directory, 'up')));
    process.endStart();
    await eventually('it has the priority of all others', nice(0));
    // Linux refuses a second change within 100 ms to everyone but root.
    await sleep(200);
    const stopped = process.stop(60_000);
    await eventually('its end has a low priority', nice(15));
    await writeFile(join(directory, 'seen'), '');
    await stopped;
  });

  test('is killed when it ignores the signal for longer than the limit', async () => {
    const process = bash("trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done");
    await process.start();
    const pid = await numberIn('pid');
    await process.stop(100);
    expect(await alive(pid)).toBe(false);
    expect(process.exits).toEqual([]);
  });

  test('gets nothing of the environment of the process that starts it', async () => {
    globalThis.process.env.SLIPWAY_TEST_LEAK = 'yes';
    const process = bash('env > env', { env: { PATH: systemPath, ONLY: 'this' } });
    await process.start();
    await eventually('its end', async () => !process.running);
    const names = (await readFile(join(directory, 'env'), 'utf8')).split('\n').map((line) => line.split('=')[0]);
    expect(names).toContain('ONLY');
    expect(names).not.toContain('SLIPWAY_TEST_LEAK');
    delete globalThis.process.env.SLIPWAY_TEST_LEAK;
  });

  test('ends when the process that started it is killed', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'parent-of-sleep.fixture.ts'), directory], {
      stdio: 'ignore',
    });
    const pid = await numberIn('pid');
    parent.kill('SIGKILL');
    await eventually('the end of the orphan', async () => !(await alive(pid)));
  });
});

describe('what an earlier region left behind', () => {
  test('is ended, whole groups of it', async () => {
    const left = spawn('bash', ['-c', 'sleep 60 & echo $! > child; wait'], { cwd: directory, detached: true });
    const child = await numberIn('child');
    const pid = left.pid ?? 0;
    const records = join(directory, 'it.json');
    await writeFile(records, JSON.stringify({ pid, started: startTimeOf(pid) }));
    for (const file of await readdir(directory)) if (file !== 'it.json') await rm(join(directory, file));
    expect(await endLeftovers(directory, 60_000)).toEqual(['it']);
    await eventually('the end of the group', async () => !(await alive(pid)) && !(await alive(child)));
    expect(await readdir(directory)).toEqual([]);
  });

  test('without a start time is not taken for a process that is gone', async () => {
    const gone = spawn('true');
    await once(gone, 'exit');
    await writeFile(join(directory, 'it.json'), JSON.stringify({ pid: gone.pid }));
    expect(await endLeftovers(directory, 1_000)).toEqual([]);
  });

  test('is left alone when the pid now belongs to somebody else', async () => {
    const other = spawn('sleep', ['60'], { detached: true });
    const pid = other.pid ?? 0;
    await writeFile(join(directory, 'it.json'), JSON.stringify({ pid, started: '1' }));
    expect(await endLeftovers(directory, 1_000)).toEqual([]);
    expect(await alive(pid)).toBe(true);
    other.kill('SIGKILL');
  });
});
