import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { AppService } from '../../release/appservice/app-service.ts';
import { WebSlot } from '../../release/appservice/web-slot.ts';
import { ProductionProbe } from '../../release/phases/production-probe.ts';
import type { EntryKind } from '../../release/store/history.ts';
import { inspectLock, lockName } from '../../release/store/lock.ts';
import { eventually } from '../../testbed/eventually.ts';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

/** A lease lives 30 s without being renewed. */
const UNTIL_LEASE_ENDS_MS = 35_000;

export interface CrashSteps {
  readonly release: readonly string[];
  readonly rollback: readonly string[];
  /** Steps at which a release is stopped for longer than its lease lives. */
  readonly stopped: readonly string[];
}

/** The tool dies. */
export function describeCrashes(bed: () => ReleaseBed, steps: CrashSteps): void {
  describe('a release that is killed with -9', () => {
    test.each(steps.release)('at "%s" leaves production serving, and the next command heals it', async (step) => {
      const { file, version } = await bed().variant();
      await killAndHeal('release', version, step, '--package', file, '--watch', '3');
    });
  });

  if (steps.rollback.length > 0) {
    describe('a rollback that is killed with -9', () => {
      test.each(steps.rollback)('at "%s" leaves production serving, and the next command heals it', async (step) => {
        const target = await bed().liveVersion();
        await bed().done('release', '--package', (await bed().variant()).file);
        await killAndHeal('rollback', target, step);
      });
    });
  }

  if (steps.stopped.length > 0) {
    describe('a release that is stopped for longer than its lease lives', () => {
      test.each(steps.stopped)(
        'at "%s" changes nothing afterwards: another release has gone live meanwhile',
        async (step) => {
          const [slow, quick] = [await bed().variant(), await bed().variant()];
          const child = bed().region.spawn(
            'release',
            '--package',
            slow.file,
            '--p95',
            '10000',
            '--watch',
            '0',
            '--json',
          );
          const ended = finished(child);
          await reaches(child, step);
          child.kill('SIGSTOP');
          await sleep(UNTIL_LEASE_ENDS_MS);
          await bed().done('release', '--package', quick.file);
          const staging = new WebSlot(bed().connection.staging);
          await eventually('staging is back after the swap', async () => (await staging.version()) !== undefined);
          const left = await staging.version();
          child.kill('SIGCONT');
          const { code, stdout } = await ended;
          expect([code, stdout]).toEqual([1, expect.stringContaining('SLIP-RELEASE-LOCK-LOST')]);
          expect(await bed().liveVersion()).toBe(quick.version);
          expect(await staging.version()).toEqual(left);
          const lines = (await bed().history()).filter(({ version }) => version === slow.version);
          // The other release healed it; nothing, when it was stopped before its first act.
          expect(lines.filter(({ outcome }) => outcome !== 'abandoned')).toEqual([]);
          expect((await bed().run('status')).stdout).toContain('"inProgress":null');
        },
      );
    });
  }

  /** Kills a command at a step; the next command finishes or undoes it, and no request is lost. */
  async function killAndHeal(kind: EntryKind, version: string, step: string, ...args: string[]): Promise<void> {
    const before = await bed().liveVersion();
    const probe = ProductionProbe.start(new WebSlot(bed().connection.production));
    const child = bed().region.spawn(kind, ...args, '--p95', '10000', '--json');
    await reaches(child, step);
    child.kill('SIGKILL');
    await finished(child);
    expect([before, version]).toContain(await bed().liveVersion());

    const { site, management, releases, stack } = await bed().target();
    const left = (await inspectLock(releases, lockName(stack)))?.intent;

    const { code, stdout, stderr, events } = await bed().run('migrate');
    if (code !== 0) throw new Error(`the next command ended with ${code}:\n${stdout}\n${stderr}`);
    const notices = events.filter(({ event }) => event === 'notice').map(({ message }) => String(message));
    expect(notices).toContainEqual(expect.stringContaining('took over the lock that'));
    // A kill between a step's first line and its first act finds nothing begun.
    if (left !== undefined) {
      expect(notices).toContainEqual(expect.stringContaining(`found a ${kind} of version ${version}`));
      const healed = (await bed().history()).find((entry) => entry.version === version && entry.kind === kind);
      expect(healed?.outcome).toBe((await bed().liveVersion()) === version ? 'live' : 'abandoned');
    }
    expect((await new AppService(site, management).slot())?.preparedFor).toBeUndefined();
    expect((await probe.stop()).lost).toBe(0);
    // Workers that were ended for a swap that was not done go on, and those of a version that is live run.
    expect((await bed().region.status()).slots.production.declared).toBe(await bed().liveVersion());
  }
}
