import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import type { RegionBed } from '../../testbed/region-bed.ts';

export function describeCrash(bed: () => RegionBed): void {
  const instance = async () => (await bed().region.status()).slots.production.instances[0];

  test('after a first release no container has ended unexpectedly, in either slot', async () => {
    const { production, staging } = (await bed().region.status()).slots;
    const exits = [production, staging].flatMap(({ instances }) =>
      instances.flatMap((each) => Object.entries(each.exits)),
    );
    expect(exits.filter(([, ended]) => ended.length > 0)).toEqual([]);
  });

  describe('a process that crashed', () => {
    test.each(['nginx', 'phpFpm', 'sidecar'] as const)('%s is restarted', async (name) => {
      const pid = async () => (await instance())?.processes[name] ?? null;
      const before = await pid();
      process.kill(before ?? 0, 'SIGKILL');
      await eventually(`${name} is back`, async () => {
        const now = await pid();
        return now !== null && now !== before && (await bed().read('/api/health/live')).status === 200;
      });
    });

    test('of the sidecar has its reason in the status', async () => {
      const exits = (await instance())?.exits ?? {};
      const reasons = Object.entries(exits).flatMap(([name, ended]) => ended.map(({ reason }) => `${name}: ${reason}`));
      expect(reasons).toContainEqual(expect.stringMatching(/^sidecar.*: signal SIGKILL$/));
    });
  });
}
