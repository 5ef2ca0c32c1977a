import { describe, expect, test } from '@jest/globals';
import { swapAwayByArm } from '../../testbed/arm-swap.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

/** Somebody swaps by hand while staging is empty. Comes first: a release fills staging. */
export function describeEmptyProduction(bed: () => ReleaseBed): void {
  describe('a bare swap with an empty staging slot', () => {
    test('leaves production empty; status names the version in staging, and rollback swaps it back', async () => {
      const { connection, first, region } = bed();
      await swapAwayByArm(connection);
      const { stdout } = await region.command('status', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ rollback: { version: first, kind: 'swap' } });
      expect(await bed().done('rollback')).toMatchObject({ version: first, outcome: 'live', kind: 'rollback' });
      expect(await bed().liveVersion()).toBe(first);
    });
  });
}
