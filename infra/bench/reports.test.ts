import { expect, test } from '@jest/globals';
import { consoleReport } from './console.ts';
import type { OpenLoopResult } from './open-loop/schedule.ts';
import { startReport } from './start.ts';
import { testReport } from './test-run.ts';
import type { Pair } from './visitor-wait.ts';
import { visitorWaitReport } from './visitor-wait-report.ts';

function seen(p99Ms: number, maxMs: number, failed = 0): OpenLoopResult {
  return {
    requests: 100,
    failed,
    failures: {},
    p50Ms: 1,
    p99Ms,
    maxMs,
    timeline: { maxMs: [maxMs], failed: [failed] },
  };
}

function pair(ratio: number, maxMs: number, failed = 0): Pair {
  return { rest: seen(4, 9), switching: { ...seen(4 * ratio, maxMs, failed), switches: 2 } };
}

test('the wait of visitors is judged by the median pair, and failed requests by all of them', () => {
  const peers = [pair(9, 900, 7)];
  const report = visitorWaitReport({
    capacityPerSecond: 4_000,
    perSecond: 2_000,
    windowSeconds: 8,
    pairs: {
      'slot swap': [pair(2, 100), pair(2.5, 120), pair(20, 2_000, 1)],
      'symlink and php-fpm reload': peers,
      'nginx reload to another pool': peers,
      'stop and start': peers,
    },
  });
  expect(report).toContain('| slot swap | 6 | 300 | 1 | 4.0 | 10.0 | 2.5 | 120 |');
  expect(report).toMatch(/p99 ≤ 3 × p99 at rest \| 2\.5 × \| met/);
  expect(report).toMatch(/longest wait ≤ 150 ms \| 120 ms \| met/);
  expect(report).toMatch(/failed requests: 0 \| 1 \| missed/);
});

test('the times of starting are medians against their targets', () => {
  const region = { coldSeconds: 20, warmSeconds: 4, upSeconds: 1, regionMb: 150, sidecarSeconds: 0.6, sidecarMb: 90 };
  const container = { containerSeconds: 0.8, containerCpuSeconds: 0.9, manyFilesSeconds: 1, manyFilesCpuSeconds: 1.1 };
  const run = { ...region, ...container };
  const report = startReport([run, { ...run, warmSeconds: 9 }, { ...run, warmSeconds: 7 }]);
  expect(report).toMatch(/after `npm stop` \| 7\.0 s \| ≤ 6 s \| missed/);
  expect(report).toMatch(/own process \| 150 MB \|/);
  expect(report).toMatch(/of 6,000 files, until it answers \| 1\.0 s \|/);
});

test('the time of npm test is a median against its target, stage by stage', () => {
  const run = (seconds: number) => ({
    seconds,
    passed: 5,
    failed: 0,
    stages: [{ stage: 'unit', seconds: seconds / 2 }],
  });
  const report = testReport([run(100), run(200), run(400)]);
  expect(report).toContain('| unit | 100 |');
  expect(report).toMatch(/target ≤ 300 \| 200 met/);
});

test('the console is judged by its part of the processor time of the whole region', () => {
  const look = {
    firstPaintSeconds: 1,
    firstDataSeconds: 2,
    nextPaintSeconds: 0.2,
    nextDataSeconds: 0.4,
    consoleMb: 130,
  };
  const cpu = { requestsPerSecond: 1_400, consoleCpuSeconds: 0.5, regionCpuSeconds: 20 };
  const report = consoleReport([{ ...look, ...cpu }]);
  expect(report).toMatch(/until the first paint \| 1\.00 s \|/);
  expect(report).toMatch(/at 1400 requests\/s \| 2\.5 % \| ≤ 3 % \| met/);
  expect(consoleReport([{ ...look, ...cpu, consoleCpuSeconds: 2 }])).toMatch(/10\.0 % \| ≤ 3 % \| missed/);
});
