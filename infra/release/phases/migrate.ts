import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';
import { untilDefined } from '../../lib/until.ts';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import type { Steps } from './steps.ts';

const pollMs = 500;
/** A migration of a large table takes its time; the job goes on in the app whatever happens here. */
const limitMs = 30 * 60_000;

export interface MigrationResult {
  readonly executed: readonly string[];
  /** Of the other kind: they wait. */
  readonly pending: readonly string[];
}

/** Has the code in a slot carry out its migrations of one kind, as a job that it polls. */
export async function migrate(
  slot: WebSlot,
  token: string,
  kind: 'expand' | 'contract',
  steps: Steps,
): Promise<MigrationResult> {
  const begun = await slot.ask('/internal/release/migrate', { method: 'POST', token, body: { kind } });
  const job = parseObject(begun.text).job;
  if (begun.status !== 202 || typeof job !== 'string')
    throw failed(`starting it answers ${begun.status ?? begun.reason}`);
  let last: Observation | undefined;
  const ended = await untilDefined({ limitMs, pollMs }, async () => {
    last = await slot.ask(`/internal/release/migrate/${encodeURIComponent(job)}`, { token });
    const { status, executed } = parseObject(last.text);
    if (status === 'running' || last.status !== 200) {
      steps.progress(`${textList(executed).length} carried out`);
      return undefined;
    }
    return parseObject(last.text);
  });
  if (ended === undefined) throw failed(`it has not ended after ${limitMs / 60_000} minutes (status ${last?.status})`);
  if (ended.status !== 'done') throw failed(String(ended.error ?? ended.status));
  return { executed: textList(ended.executed), pending: textList(ended.pending) };
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function failed(found: string): SlipError {
  return new SlipError('SLIP-RELEASE-MIGRATION-FAILED', {
    found: `the migration: ${found}`,
    expected: 'every pending migration carried out',
    fix: 'see the slot’s logs; what was carried out is recorded, a repeated command goes on from there',
  });
}
