import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { followMigration } from './migration-job.ts';
import { Steps } from './steps.ts';

/** A slot whose job has these states, one after the other; the last one for ever. DELETE ends it as `ended`. */
function slot(states: readonly object[], ended?: object) {
  const asked: string[] = [];
  let turn = 0;
  let stopped = false;
  const ask = async (path: string, { method = 'GET' } = {}) => {
    asked.push(`${method} ${path}`);
    if (method === 'DELETE') stopped = ended !== undefined;
    const state = stopped ? ended : states[Math.min(turn++, states.length - 1)];
    return { status: method === 'DELETE' ? 202 : 200, text: JSON.stringify(state) };
  };
  return { job: { slot: { ask } as unknown as WebSlot, token: 't', id: 'J' }, asked };
}

const running = { status: 'running', executed: ['1'], pending: ['2'] };

test('a run is followed to its end', async () => {
  const { job } = slot([running, { status: 'done', executed: ['1', '2'] }]);
  expect(await followMigration(job, new Steps(() => undefined))).toMatchObject({ executed: ['1', '2'] });
});

test('a run that fails is an error with the reason of the slot', async () => {
  const { job } = slot([{ status: 'failed', error: 'no table a' }]);
  await expect(followMigration(job, new Steps(() => undefined))).rejects.toMatchObject({
    code: 'SLIP-RELEASE-MIGRATION-FAILED',
    detail: { found: 'the migration: no table a' },
  });
});

test('a statement without its lock is refused, and whoever holds the lock is named', async () => {
  const blocking = [
    { id: 12, user: 'app', host: '10.0.0.4', seconds: 33, statement: null },
    { id: 13, user: 'report', host: '10.0.0.5', seconds: 2, statement: 'SELECT SLEEP(60)' },
  ];
  const lock = { tries: 3, seconds: 5, statement: 'ALTER TABLE images ADD a INT', blocking };
  const { job } = slot([{ status: 'failed', error: 'timeout', lock }]);
  await expect(followMigration(job, new Steps(() => undefined))).rejects.toMatchObject({
    code: 'SLIP-RELEASE-MIGRATION-LOCKED',
    detail: {
      found:
        'a statement did not get its lock in 3 tries of 5 s: ALTER TABLE images ADD a INT; ' +
        'connection 12 (app@10.0.0.4) holds it for 33 s, idle in a transaction; ' +
        'connection 13 (report@10.0.0.5) holds it for 2 s, running SELECT SLEEP(60)',
      fix: expect.stringContaining('(KILL 12; KILL 13)'),
    },
  });
});

test('an interrupt ends the run in the slot, says what was carried out and ends the command', async () => {
  const abort = new AbortController();
  const notices: string[] = [];
  const steps = new Steps((event) => {
    if (event.event === 'progress') abort.abort(new Error('SIGINT'));
    if (event.event === 'notice') notices.push(event.message);
  }, abort.signal);
  const { job, asked } = slot([running], { status: 'stopped', executed: ['1'] });
  await expect(followMigration(job, steps)).rejects.toMatchObject({ code: 'SLIP-RELEASE-INTERRUPTED' });
  expect(asked).toContain('DELETE /_slipway/release/migrate/J');
  expect(notices).toEqual(['the migration was ended; carried out before: 1']);
});
