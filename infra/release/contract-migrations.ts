import { SlipError } from '../lib/errors.ts';
import { contractEarly, type ServingVersion } from './gates/contract-early.ts';
import { openPackage } from './package/open-package.ts';
import { Attempt } from './phases/attempt.ts';
import { runMigrations } from './phases/run-migrations.ts';
import type { Session } from './phases/session.ts';
import { Steps } from './phases/steps.ts';
import type { HistoryEntry } from './store/history.ts';
import { entryBefore, originOf } from './store/lineage.ts';
import type { ReleaseTarget } from './target/target.ts';
import { type SessionOptions, withSession } from './with-session.ts';

export interface ContractMigrationsRequest extends SessionOptions {
  readonly target: ReleaseTarget;
}

export interface ContractMigrationsResult {
  readonly executed: readonly string[];
}

/** Runs the contract migrations of the live version, once no version that may serve needs the old schema. */
export async function runContractMigrations(request: ContractMigrationsRequest): Promise<ContractMigrationsResult> {
  const { target } = request;
  const steps = new Steps(request.listener, request.signal);
  return withSession(target, request, steps, async (session) => {
    const live = liveEntry(session);
    await steps.run('preflight', async () => {
      await steps.pass([contractEarly], await contractContext(session, live));
    });
    return steps.run('migrate', async (note) => {
      const attempt = new Attempt(session, 'migrate', live);
      const { executed } = await runMigrations({
        slot: session.production,
        token: session.tokens.release,
        kind: 'contract',
        administrator: await target.administrator(),
        steps,
        assertLockHeld: () => session.lock.assertHeld(),
      }).catch(async (error: unknown) => {
        await attempt.record('failed', error);
        throw error;
      });
      note(executed.length === 0 ? 'nothing to do' : `${executed.length} carried out: ${executed.join(', ')}`);
      await attempt.record('migrated');
      return { executed };
    });
  });
}

function liveEntry({ before, entries }: Session): HistoryEntry {
  if (before?.entry !== undefined && before.answers) return originOf(entries, before.entry);
  throw new SlipError('SLIP-RELEASE-UNKNOWN-VERSION', {
    found:
      before?.answers !== true
        ? 'production does not answer with a version'
        : `history does not know version ${before.version}`,
    expected: 'a live version that a release put there',
    fix: './slipway release, then repeat the command',
  });
}

/** Contract migrations of the live version that the schema may not have yet, and the versions that may serve. */
async function contractContext(session: Session, live: HistoryEntry) {
  const migrationsOf = async (entry: HistoryEntry) =>
    (await session.packages.use(entry, (file) => openPackage(file))).migrations;
  const own = await migrationsOf(live);
  const pending = own.filter(({ kind }) => kind === 'contract').map(({ version }) => version);
  const serving: ServingVersion[] = [];
  for (const { role, entry } of entriesThatMayServe(session.entries, live)) {
    const migrations = (await migrationsOf(entry)).map(({ version }) => version);
    serving.push({ role, version: entry.version, migrations });
  }
  return { pending, serving };
}

/** The live version, and the one that a rollback puts in its place. */
export function entriesThatMayServe(
  history: readonly HistoryEntry[],
  live: HistoryEntry,
): { readonly role: string; readonly entry: HistoryEntry }[] {
  const target = entryBefore(history, live);
  return [
    { role: 'live', entry: live },
    ...(target === undefined ? [] : [{ role: 'what a rollback returns to', entry: target }]),
  ];
}
