import { describe, expect, test } from '@jest/globals';
import { AppService } from '../../release/appservice/app-service.ts';
import { WebSlot } from '../../release/appservice/web-slot.ts';
import { ProductionProbe } from '../../release/phases/production-probe.ts';
import { inspectLock, lockName } from '../../release/store/lock.ts';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

/** The tool dies, or two people release at once. */
export function describeCrashes(bed: () => ReleaseBed, steps: readonly string[]): void {
  describe('a release that is killed with -9', () => {
    test.each(steps)('at "%s" leaves production serving, and the next command heals what it left', async (step) => {
      const before = await bed().liveVersion();
      const probe = ProductionProbe.start(new WebSlot(bed().connection.production));
      const killed = await bed().variant();
      const child = bed().region.spawn('release', '--package', killed.file, '--p95', '10000', '--watch', '3', '--json');
      await reaches(child, step);
      child.kill('SIGKILL');
      await finished(child);
      expect([before, killed.version]).toContain(await bed().liveVersion());

      const { site, management, releases, stack } = await bed().target();
      const left = (await inspectLock(releases, lockName(stack)))?.intent;

      const { code, stdout, stderr, events } = await bed().run('migrate');
      if (code !== 0) throw new Error(`the next command ended with ${code}:\n${stdout}\n${stderr}`);
      const notices = events.filter(({ event }) => event === 'notice').map(({ message }) => String(message));
      expect(notices).toContainEqual(expect.stringContaining('took over the lock that'));
      // A kill between a step's first line and its first act finds nothing begun.
      if (left !== undefined) {
        expect(notices).toContainEqual(expect.stringContaining(`found a release of version ${killed.version}`));
        const healed = (await bed().history()).find(
          ({ version, kind }) => version === killed.version && kind === 'release',
        );
        expect(healed?.outcome).toBe((await bed().liveVersion()) === killed.version ? 'live' : 'abandoned');
      }
      expect((await new AppService(site, management).slot())?.preparedFor).toBeUndefined();
      expect((await probe.stop()).lost).toBe(0);
    });
  });

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
