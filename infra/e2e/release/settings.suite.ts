import { rm } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { AppService } from '../../release/appservice/app-service.ts';
import { release } from '../../release/release.ts';
import { type ReleaseBed, unwatched } from '../../testbed/release-bed.ts';
import { knowing } from './contract.suite.ts';

const ADDED = 'ADDED_BY_A_RELEASE';
const shows = async (bed: ReleaseBed) => (await bed.productionEnvironment()).includes(`${ADDED}=yes`);

/** What production is started with, and the names of its mounts. */
async function start(bed: ReleaseBed) {
  const { site, management } = await bed.target();
  const service = new AppService(site, management);
  const [{ stack }, mounts] = await Promise.all([service.start('production'), service.mounts('production')]);
  return { stack, mounts: Object.keys(mounts) };
}

/** Configuration goes and comes with the version. */
export function describeSettings(bed: () => ReleaseBed): void {
  describe('a setting that the program has gained, another stack and no mount', () => {
    test('are in production after the release and not before, and gone after the rollback', async () => {
      const { file, version } = await bed().livePackage();
      const target = await bed().target();
      const entry = await release({
        ...unwatched,
        target: {
          ...target,
          wanted: async () => {
            const wanted = await target.wanted();
            expect(await shows(bed())).toBe(false);
            expect(await start(bed())).toEqual({ stack: wanted.stack, mounts: ['media'] });
            return { ...wanted, stack: 'PHP|8.5', mounts: {}, settings: { ...wanted.settings, [ADDED]: 'yes' } };
          },
        },
        origin: { kind: 'file', file },
      });
      expect(entry).toMatchObject({ version, from: version });
      expect(await shows(bed())).toBe(true);
      expect(await start(bed())).toEqual({ stack: 'PHP|8.5', mounts: [] });
      expect(await bed().done('rollback')).toMatchObject({ version });
      expect(await shows(bed())).toBe(false);
      expect(await start(bed())).toMatchObject({ mounts: ['media'] });
    });
  });
}

export function describePromote(bed: () => ReleaseBed): void {
  describe('release --to verify', () => {
    test('proves a version in staging, leaves production alone, and promote puts it live', async () => {
      const before = await bed().live();
      const { version, file } = await bed().variant(knowing);
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
}

/** Of a release that neither slot holds: the one with the setting of the test above. */
export function describeStored(bed: () => ReleaseBed): void {
  describe('rollback --to', () => {
    test('brings back any release from its stored package with the settings it had, and waits for no image', async () => {
      const earlier = (await bed().history()).find(({ settings }) => settings?.[ADDED] === 'yes');
      const { version, id } = earlier ?? { version: 'none', id: 'none' };
      const torn = await bed().tornImage();
      const entry = await bed()
        .done('rollback', '--to', id)
        .finally(() => rm(torn));
      expect(entry).toMatchObject({ version, outcome: 'live', kind: 'rollback', restored: id });
      expect(entry.steps.map(({ name }) => name)).toContain('stage');
      expect(await bed().liveVersion()).toBe(version);
      expect(await shows(bed())).toBe(true);
    });
  });
}
