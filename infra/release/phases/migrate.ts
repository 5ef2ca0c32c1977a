import { parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { DatabaseAdministrator } from '../target/target.ts';
import { followMigration, migrationFailed } from './migration-job.ts';
import type { Steps } from './steps.ts';

export interface MigrationResult {
  readonly executed: readonly string[];
}

export interface MigrationRequest {
  readonly kind: 'expand' | 'contract';
  /** Hash of the plan that was judged: the application refuses to run anything else. */
  readonly judged: string;
  /** Used for this run only, and kept nowhere. */
  readonly administrator: DatabaseAdministrator;
}

/** Has the code in a slot carry out its migrations of one kind, as a job that it polls. */
export async function migrate(
  slot: WebSlot,
  token: string,
  request: MigrationRequest,
  steps: Steps,
): Promise<MigrationResult> {
  const begun = await slot.ask('/_slipway/release/migrate', { method: 'POST', token, body: request });
  if (begun.status === 409) throw migrationFailed('it would not run the SQL that was judged any more: nothing was run');
  const job = parseObject(begun.text).job;
  if (begun.status !== 202 || typeof job !== 'string')
    throw migrationFailed(`starting it answers ${begun.status ?? begun.reason}`);
  const ended = await followMigration({ slot, token, id: job }, steps);
  return { executed: textList(ended.executed) };
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
