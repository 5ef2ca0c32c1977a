import { describe, expect, test } from '@jest/globals';
import { SlipError } from '../../lib/errors.ts';
import type { Gate } from '../gates/gate.ts';
import { type ReleaseEvent, Steps } from './steps.ts';

const passing: Gate<object> = { name: 'passing', check: () => undefined };
const refusing: Gate<object> = {
  name: 'refusing',
  check: () => {
    throw new SlipError('SLIP-RELEASE-STATUS', { found: 'no' });
  },
};

function recorded(signal?: AbortSignal) {
  const events: ReleaseEvent[] = [];
  return { events, steps: new Steps((event) => events.push(event), signal) };
}

describe('a step', () => {
  test('is reported at its start and its end, with its note, and timed', async () => {
    const { events, steps } = recorded();
    await steps.run('stage', async (note) => note('3 files'));
    expect(events).toEqual([
      { event: 'step', step: 'stage', state: 'started' },
      { event: 'step', step: 'stage', state: 'done', ms: expect.any(Number), note: '3 files' },
    ]);
    expect(steps.timings).toEqual([{ name: 'stage', ms: expect.any(Number) }]);
  });

  test('that fails is reported with its code, and timed', async () => {
    const { events, steps } = recorded();
    await expect(steps.run('verify', () => steps.pass([passing, refusing, passing], {}))).rejects.toThrow('no');
    expect(events.at(-1)).toMatchObject({ step: 'verify', state: 'failed', code: 'SLIP-RELEASE-STATUS' });
    expect(steps.timings).toHaveLength(1);
    expect(steps.gates).toMatchObject([
      { name: 'passing', passed: true },
      { name: 'refusing', passed: false, code: 'SLIP-RELEASE-STATUS' },
    ]);
  });

  test('inside another gives progress back to the outer one when it ends', async () => {
    const { events, steps } = recorded();
    await steps.run('outer', async () => {
      await steps.run('inner', async () => undefined);
      steps.progress('still here');
    });
    expect(events).toContainEqual({ event: 'progress', step: 'outer', message: 'still here' });
  });
});

describe('an interrupt', () => {
  const reason = new Error('SIGINT');
  const interrupted = expect.objectContaining({ code: 'SLIP-RELEASE-INTERRUPTED', cause: reason });

  test('keeps the next step and the next gate from beginning', async () => {
    const abort = new AbortController();
    const { steps } = recorded(abort.signal);
    const gated = steps.run('verify', async () => {
      abort.abort(reason);
      await steps.pass([passing], {});
    });
    await expect(gated).rejects.toEqual(interrupted);
    await expect(steps.run('swap', async () => 1)).rejects.toEqual(interrupted);
  });

  test('does not keep a step from running that has to, after a swap', async () => {
    expect(await recorded(AbortSignal.abort(reason)).steps.runAlways('record', async () => 1)).toBe(1);
  });
});
