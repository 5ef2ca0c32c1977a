import { inspectLock, lockName } from '../../release/store/lock.ts';
import { describeOwner, hasEnded } from '../../release/store/owner.ts';
import { note, problemOf, runbook, type StackCheck } from './stack-check.ts';

const NAME = 'release lock';
/** Longer than any release: each of its steps has a limit. */
const LONG_MS = 2 * 3_600_000;

/** Whether a command changes the slots now, or was killed while it did. */
export const releaseLock: StackCheck = {
  name: NAME,
  role: 'Storage Blob Data Reader',
  scope: ({ target }) => `the releases account (${target.releases.accountName})`,
  run: async ({ name, target, now }) => {
    const lock = await inspectLock(target.releases, lockName(target.stack));
    if (lock?.damaged) {
      return [problemOf(NAME, 'cannot be read', 'the next release or rollback takes it, unless somebody is at work')];
    }
    if (lock?.owner === undefined) return [{ check: NAME, verdict: 'fine', found: 'free' }];
    const { owner, intent } = lock;
    const at = intent === undefined ? '' : `, at "${intent.phase}" of version ${intent.entry.version}`;
    const age = now().getTime() - Date.parse(owner.since);
    if (!hasEnded(owner) && age < LONG_MS) return [note(NAME, `held by ${describeOwner(owner)}${at}`)];
    const fix = `ask whether it still runs; if not: ./slipway heal --stack ${name}`;
    return [
      problemOf(NAME, `left behind by ${describeOwner(owner)}${at}`, fix, {
        since: owner.since,
        page: runbook('failed-release'),
      }),
    ];
  },
};
