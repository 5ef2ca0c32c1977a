import { rm } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { release } from '../../release/release.ts';
import { summarizeReleases } from '../../release/summary.ts';
import { type ReleaseBed, unwatched } from '../../testbed/release-bed.ts';

const added = 'ADDED_BY_A_RELEASE';

/** Configuration goes and comes with the version. */
export function describeSettings(bed: () => ReleaseBed): void {
  describe('a setting that the program has gained, and no other change', () => {
    test('is in production after the release and not before, gone after the rollback, and there again with --to', async () => {
      const { file, version } = await bed().livePackage();
      const target = await bed().target();
      const shows = async () => (await bed().productionEnvironment()).includes(`${added}=yes`);
      const entry = await release({
        ...unwatched,
        target: {
          ...target,
          wanted: async () => {
            const wanted = await target.wanted();
            expect(await shows()).toBe(false);
            return { ...wanted, settings: { ...wanted.settings, [added]: 'yes' } };
          },
        },
        origin: { kind: 'file', file },
      });
      expect(entry).toMatchObject({ version, from: version });
      expect(await shows()).toBe(true);
      expect(await bed().done('rollback')).toMatchObject({ version });
      expect(await shows()).toBe(false);
      expect(await bed().done('rollback', '--to', version)).toMatchObject({ version, restored: entry.id });
      expect(await shows()).toBe(true);
    });
  });

  describe('release --to verify', () => {
    test('proves a version in staging, leaves production alone, and promote puts it live', async () => {
      const before = await bed().live();
      const { version, file } = await bed().variant();
      expect(await bed().done('release', '--package', file, '--to', 'verify')).toMatchObject({
        version,
        outcome: 'verified',
      });
      expect(await bed().live()).toEqual(before);
      expect(await bed().done('promote')).toMatchObject({ version, outcome: 'live', from: before.version });
      expect(await bed().liveVersion()).toBe(version);
      expect(await bed().refusal('promote')).toBe('SLIP-RELEASE-NOTHING-VERIFIED');
    });
  });

  describe('rollback --to VERSION', () => {
    test('brings back any version from its stored package, and waits for no image', async () => {
      const live = await bed().liveVersion();
      const { versions } = await summarizeReleases(await bed().target());
      const earlier = (await bed().history()).find(
        ({ outcome, version }) => outcome === 'live' && version !== live && version !== versions.staging?.version,
      );
      const torn = await bed().tornImage();
      const entry = await bed()
        .done('rollback', '--to', earlier?.version ?? 'none')
        .finally(() => rm(torn));
      expect(entry).toMatchObject({ version: earlier?.version, outcome: 'live', kind: 'rollback' });
      expect(entry.steps.map(({ name }) => name)).toContain('stage');
      expect(await bed().liveVersion()).toBe(earlier?.version);
    });
  });
}
