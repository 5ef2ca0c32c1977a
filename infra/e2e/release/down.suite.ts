import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { ReleaseBed } from '../../testbed/release-bed.ts';
import { knowing } from './contract.suite.ts';

/** Production is down: a release is what fixes it. Staging holds the version that was promoted. */
export function describeDown(bed: () => ReleaseBed): void {
  describe('while production answers nothing but 503', () => {
    test('a release goes live and names what was there before', async () => {
      const broken = await bed().stagedVersion();
      const down = await bed().done('rollback', '--to', broken);
      expect(down).toMatchObject({ version: broken, outcome: 'live' });
      const { file, version } = await bed().variant(knowing);
      const flag = bed().downFlag(broken);
      await writeFile(flag, '');
      try {
        await expect(bed().liveVersion()).rejects.toThrow('503');
        expect(await bed().done('release', '--package', file)).toMatchObject({
          version,
          outcome: 'live',
          from: broken,
          replaced: down.id,
          requests: { sent: 0 },
        });
      } finally {
        await rm(flag);
      }
      expect(await bed().liveVersion()).toBe(version);
    });
  });
}

export function describeBack(bed: () => ReleaseBed): void {
  test('a rollback returns to the version that answered nothing but 503 when it was replaced', async () => {
    const history = await bed().history();
    const live = await bed().liveVersion();
    const broken = history.find(({ version, kind, from }) => version === live && kind === 'release' && from)?.from;
    const origin = history.find(
      ({ version, kind, outcome }) => version === broken && outcome === 'live' && kind !== 'rollback',
    );
    expect(await bed().done('rollback')).toMatchObject({ version: broken, restored: origin?.id });
    expect(await bed().liveVersion()).toBe(broken);
  });
}
