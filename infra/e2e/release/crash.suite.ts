import { describe, expect, test } from '@jest/globals';
import { AppService } from '../../release/appservice/app-service.ts';
import { WebSlot } from '../../release/appservice/web-slot.ts';
import { ProductionProbe } from '../../release/phases/production-probe.ts';
import type { EntryKind } from '../../release/store/history.ts';
import { inspectLock, lockName } from '../../release/store/lock.ts';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

export interface CrashSteps {
  readonly release: readonly string[];
  readonly rollback: readonly string[];
}

/** The tool dies, or two people release at once. */
export function describeCrashes(bed: () => ReleaseBed, steps: CrashSteps): void {
  describe('a release that is killed with -9', () => {
    test.each(steps.release)('at "%s" leaves production serving, and the next command heals it', async (step) => {
      const { file, version } = await bed().variant();
      await killAndHeal('release', version, step, '--package', file, '--watch', '3');
    });
  });

  describe('a rollback that is killed with -9', () => {
    test.each(steps.rollback)('at "%s" leaves production serving, and the next command heals it', async (step) => {
      const target = await bed().liveVersion();
      await bed().done('release', '--package', (await bed().variant()).file);
      await killAndHeal('rollback', target, step);
    });
  });

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
  }

  test('of two releases at once one goes live, and the other is refused and names who holds the lock', async () => {
    const packages = [await bed().variant(), await bed().variant()];
    const ended = await Promise.all(
      packages.map(async ({ file, version }) => {
        const { code, stdout } = await bed().run('release', '--package', file, '--p95', '10000', '--watch', '2');
        return { code, stdout, version };
      }),
    );
    const [winner, loser] = ended.toSorted((a, b) => Number(a.code) - Number(b.code));
    expect([winner?.code, loser?.code]).toEqual([0, 1]);
    expect(loser?.stdout).toMatch(/SLIP-RELEASE-LOCKED.*another release is in progress: \S+ \(release\), since 20/);
    expect(await bed().liveVersion()).toBe(winner?.version);
  });
}
