import { expect, test } from '@jest/globals';
import { runsOf, withoutDead } from './runs.ts';

const line = (value: object, run = 'r'): string => JSON.stringify({ run, time: '2026-11-28T10:00:00.000Z', ...value });
const begin = line({ event: 'begin', command: 'release', who: 'ada', pid: 1 });

test('steps, gates and notices of a run are put together', () => {
  const [run] = runsOf([
    begin,
    line({ event: 'step', step: 'build', state: 'started' }),
    line({ event: 'gate', gate: 'php-syntax', passed: true, ms: 5 }),
    line({ event: 'step', step: 'build', state: 'done', ms: 10, note: 'version abc' }),
    line({ event: 'notice', message: 'hello' }),
    line({ event: 'step', step: 'preflight', state: 'started' }),
    line({ event: 'progress', step: 'preflight', message: 'asking' }),
  ]);
  expect(run).toMatchObject({ command: 'release', who: 'ada', endedAt: null, notices: ['hello'] });
  expect(run?.steps).toMatchObject([
    { name: 'build', state: 'done', ms: 10, note: 'version abc', gates: [{ name: 'php-syntax', passed: true }] },
    { name: 'preflight', state: 'running', note: 'asking' },
  ]);
});

test('lines that come later go on with the run', () => {
  const before = runsOf([begin, line({ event: 'step', step: 'build', state: 'started' })]);
  const [run] = runsOf(
    [line({ event: 'step', step: 'build', state: 'failed', ms: 3, code: 'SLIP-RELEASE-BUILD' })],
    before,
  );
  expect(run?.steps).toMatchObject([{ name: 'build', state: 'failed', code: 'SLIP-RELEASE-BUILD' }]);
});

test('a run ends with its outcome, or with what refused it', () => {
  expect(runsOf([begin, line({ event: 'end', outcome: 'live', version: 'abc' })])[0]).toMatchObject({
    outcome: 'live',
    version: 'abc',
    endedAt: expect.any(String),
  });
  const error = { code: 'SLIP-RELEASE-LOCKED', found: 'held' };
  expect(runsOf([begin, line({ event: 'end', error })])[0]).toMatchObject({ outcome: 'refused', error });
});

test('a line that was cut off, and one of a run whose beginning is gone, are left out', () => {
  expect(runsOf(['{"run":"r","ti', line({ event: 'step', step: 'x', state: 'started' }, 'gone'), begin])).toHaveLength(
    1,
  );
});

test('a run whose process is gone without an end was cut off', () => {
  const runs = runsOf([begin, line({ event: 'begin', command: 'promote', who: 'ada', pid: 2 }, 's')]);
  const seen = withoutDead(runs, (pid) => pid === 2, '2026-11-28T11:00:00.000Z');
  expect(seen.map(({ outcome, endedAt }) => [outcome, endedAt])).toEqual([
    ['abandoned', '2026-11-28T11:00:00.000Z'],
    [null, null],
  ]);
});

test('only the newest runs are kept', () => {
  const many = Array.from({ length: 30 }, (_, n) =>
    line({ event: 'begin', command: 'release', who: 'a', pid: 1 }, `r${n}`),
  );
  const runs = runsOf(many);
  expect(runs).toHaveLength(12);
  expect(runs.at(-1)?.id).toBe('r29');
});
