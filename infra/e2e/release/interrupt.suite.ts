import { describe, expect, test } from '@jest/globals';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

/** Ctrl-C is not a crash. */
export function describeInterrupts(bed: () => ReleaseBed, long: boolean): void {
  describe('Ctrl-C', () => {
    test('before the swap ends the release with 130, leaves production alone and nothing to heal', async () => {
      const before = await bed().live();
      const { file, version } = await bed().variant();
      expect(await interrupted(file, 'prepare')).toMatchObject({ code: 130 });
      expect(await bed().live()).toEqual(before);
      const [last] = await bed().history();
      expect(last).toMatchObject({ version, outcome: 'refused', error: { code: 'SLIP-RELEASE-INTERRUPTED' } });
      const { stdout } = await bed().region.command('status', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ inProgress: null });
    });

    (long ? test : test.skip)('after the swap changes nothing: the release runs to its end', async () => {
      const { file, version } = await bed().variant();
      expect(await interrupted(file, 'verify production')).toMatchObject({ code: 0 });
      expect(await bed().liveVersion()).toBe(version);
      expect((await bed().history())[0]).toMatchObject({ version, outcome: 'live' });
    });
  });

  async function interrupted(file: string, step: string) {
    const child = bed().region.spawn('release', '--package', file, '--p95', '10000', '--watch', '0', '--json');
    const ended = finished(child);
    await reaches(child, step);
    child.kill('SIGINT');
    return ended;
  }
}
