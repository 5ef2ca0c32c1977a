import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { eventually } from '../testbed/eventually.ts';
import { processStat, startTimeOf } from './process-facts.mjs';

test('a process keeps its start time and shows the group it leads', () => {
  const child = spawn('sleep', ['60'], { detached: true });
  try {
    const pid = child.pid ?? 0;
    expect(startTimeOf(pid)).toMatch(/^\d+$/);
    expect(startTimeOf(pid)).toBe(startTimeOf(pid));
    expect(processStat(pid)).toMatchObject({ group: pid, session: pid });
  } finally {
    child.kill('SIGKILL');
  }
});

test('a name with spaces and brackets moves no field', async () => {
  const child = spawn(process.execPath, [
    '-e',
    "process.title = ') 1 (a b'; console.log('named'); setInterval(() => 0, 1000)",
  ]);
  try {
    await once(child.stdout, 'data');
    expect(processStat(child.pid ?? 0)).toMatchObject({ group: processStat(process.pid)?.group });
    expect(startTimeOf(child.pid ?? 0)).toMatch(/^\d+$/);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a process that ended has no start time, whether its parent collected it or not', async () => {
  const { pid } = spawnSync('true');
  expect(processStat(pid)).toBeUndefined();
  expect(startTimeOf(pid)).toBeUndefined();
  // Its shell never collects it.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60']);
  try {
    const [text] = await once(parent.stdout, 'data');
    const zombie = Number(String(text));
    await eventually('it ends', () => processStat(zombie)?.state === 'Z');
    expect(startTimeOf(zombie)).toBeUndefined();
  } finally {
    parent.kill('SIGKILL');
  }
});
