import { SlipError } from '../../lib/errors.ts';
import { asObject, listOf, parseObject, textOf } from '../../lib/json.ts';
import { untilDefined } from '../../lib/until.ts';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import type { Steps } from './steps.ts';

const POLL_MS = 500;
/** A migration of a large table takes its time; the job goes on in the app whatever happens here. */
const LIMIT_MS = 30 * 60_000;
const STOPS_WITHIN_MS = 10_000;

/** A run of migrations, as the slot that runs it knows it. */
export interface MigrationJob {
  readonly slot: WebSlot;
  readonly token: string;
  readonly id: string;
}

/**
 * Follows a run to its end and returns what the slot says of it. An interrupt ends the run and the statement that it
 * executes. Throws SLIP-RELEASE-MIGRATION-LOCKED when a statement did not get its lock, -MIGRATION-FAILED otherwise.
 */
export async function followMigration(job: MigrationJob, steps: Steps): Promise<Record<string, unknown>> {
  let last: Observation | undefined;
  const ended = await untilDefined({ limitMs: LIMIT_MS, pollMs: POLL_MS }, async () => {
    if (steps.isInterrupted) await stopMigration(job, steps);
    last = await ask(job);
    if (isRunning(last)) {
      steps.progress(`${listOf(parseObject(last.text), 'executed').length} carried out`);
      return undefined;
    }
    return parseObject(last.text);
  });
  if (ended === undefined) {
    throw migrationFailed(`it has not ended after ${LIMIT_MS / 60_000} minutes (status ${last?.status})`);
  }
  if (ended.status === 'done') return ended;
  if (ended.lock !== undefined) throw locked(asObject(ended.lock));
  throw migrationFailed(String(ended.error ?? ended.status));
}

export function migrationFailed(found: string): SlipError {
  return new SlipError('SLIP-RELEASE-MIGRATION-FAILED', {
    found: `the migration: ${found}`,
    expected: 'every pending migration carried out',
    fix: 'fix the statement that failed and leave those that were carried out as they are, then repeat the command: it continues behind them',
  });
}

/** Ends the run, says what is left of it, and throws SLIP-RELEASE-INTERRUPTED. */
async function stopMigration(job: MigrationJob, steps: Steps): Promise<void> {
  steps.progress('ending the migration and its statement');
  const asked = await job.slot.ask(path(job), { method: 'DELETE', token: job.token });
  const ended = await untilDefined({ limitMs: STOPS_WITHIN_MS, pollMs: POLL_MS }, async () => {
    const now = await ask(job);
    return isRunning(now) ? undefined : parseObject(now.text);
  });
  if (ended === undefined) {
    steps.notice(`the migration goes on in the slot: ending it answers ${asked.status ?? asked.reason}`);
  } else {
    const executed = listOf(ended, 'executed').map(String);
    steps.notice(`the migration was ended; carried out before: ${executed.join(', ') || 'none'}`);
  }
  steps.assertNotInterrupted();
}

function ask(job: MigrationJob): Promise<Observation> {
  return job.slot.ask(path(job), { token: job.token });
}

function path({ id }: MigrationJob): string {
  return `/_slipway/release/migrate/${encodeURIComponent(id)}`;
}

function isRunning({ status, text }: Observation): boolean {
  return status !== 200 || parseObject(text).status === 'running';
}

function locked(lock: Record<string, unknown>): SlipError {
  const blocking = listOf(lock, 'blocking').map(asObject);
  const ids = blocking.map(({ id }) => String(id));
  return new SlipError('SLIP-RELEASE-MIGRATION-LOCKED', {
    found: `a statement did not get its lock in ${lock.tries} tries of ${lock.seconds} s: ${textOf(lock, 'statement')}; ${
      blocking.length === 0 ? 'the database names nobody who holds it' : blocking.map(describeBlocking).join('; ')
    }`,
    expected: 'no transaction that holds the table: visitors would wait behind the migration until it ends',
    fix: `wait for that transaction, or end it in the database (${ids.length === 0 ? 'SHOW PROCESSLIST' : ids.map((id) => `KILL ${id}`).join('; ')}), then repeat the command`,
  });
}

function describeBlocking({ id, user, host, seconds, statement }: Record<string, unknown>): string {
  const runs = typeof statement === 'string' && statement !== '' ? `, running ${statement}` : ', idle in a transaction';
  return `connection ${id} (${user}@${host}) holds it for ${seconds} s${runs}`;
}
