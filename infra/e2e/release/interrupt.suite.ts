import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { long } from '../../testbed/long-form.ts';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

/** Ctrl-C is not a crash; and two people release at once. */
export function describeInterrupts(bed: () => ReleaseBed): void {
  describe('while a release is in progress', () => {
    test('another is refused and names who holds the lock; Ctrl-C before the swap ends it with 130 and leaves nothing to heal', async () => {
      const before = await bed().live();
      const go = join(bed().region.stateDir, 'go');
      const { file, version } = await bed().variant({
        'slipway/startup.sh': (shell) => shell.replace('\n', `\nuntil [ -e '${go}' ]; do sleep 0.1; done\n`),
      });
      const { child, ended } = begin(file);
      await reaches(child, 'stage');
      const other = await bed().run('release', '--package', (await bed().variant()).file);
      const prepares = reaches(child, 'prepare');
      await writeFile(go, '');
      await prepares;
      child.kill('SIGINT');
      expect(other.code).toBe(1);
      expect(other.stdout).toMatch(/SLIP-RELEASE-LOCKED.*another release is in progress: \S+ \(release\), since 20/);
      expect(await ended).toMatchObject({ code: 130 });
      expect(await bed().live()).toEqual(before);
      const [last] = await bed().history();
      expect(last).toMatchObject({ version, outcome: 'refused', error: { code: 'SLIP-RELEASE-INTERRUPTED' } });
      const { stdout } = await bed().region.command('status', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ inProgress: null });
    });

    if (long) {
      test('Ctrl-C after the swap changes nothing: the release runs to its end', async () => {
        const { file, version } = await bed().variant();
        const { child, ended } = begin(file);
        await reaches(child, 'verify production');
        child.kill('SIGINT');
        expect(await ended).toMatchObject({ code: 0 });
        expect(await bed().liveVersion()).toBe(version);
        expect((await bed().history())[0]).toMatchObject({ version, outcome: 'live' });
      });

      test('of two that begin at the same moment one goes live', async () => {
        const packages = [await bed().variant(), await bed().variant()];
        const both = await Promise.all(
          packages.map(async ({ file, version }) => {
            const { code, stdout } = await bed().run('release', '--package', file);
            return { code, stdout, version };
          }),
        );
        const [winner, loser] = both.toSorted((a, b) => Number(a.code) - Number(b.code));
        expect([winner?.code, loser?.code]).toEqual([0, 1]);
        expect(loser?.stdout).toContain('SLIP-RELEASE-LOCKED');
        expect(await bed().liveVersion()).toBe(winner?.version);
      });
    }
  });

  function begin(file: string) {
    const child = bed().region.spawn('release', '--package', file, '--p95', '10000', '--watch', '0', '--json');
    return { child, ended: finished(child) };
  }
}
