import { describe, expect, test } from '@jest/globals';
import { swapByArm } from '../../testbed/arm-swap.ts';
import {
  cacheTraffic,
  imageTraffic,
  type MadeImage,
  requireImageSoon,
  slowTraffic,
  visitors,
} from '../../testbed/load.ts';
import { long } from '../../testbed/long-form.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';
import { knowing } from './contract.suite.ts';

const SLOW_SECONDS = 2;

/** Releases, rollbacks and bare swaps while visitors keep coming. The first version is live again afterwards. */
export function describeLoad(bed: () => ReleaseBed, releases: number, bareSwaps: number): void {
  describe('while visitors keep coming, and clients that send bodies, make images and ask slow pages', () => {
    test(`${releases} releases and as many rollbacks lose no request and no image, and /version shows each`, async () => {
      const { connection, first } = bed();
      const packages = await Promise.all(
        Array.from({ length: releases }, () => bed().variant({ ...knowing, 'src/Controller/Ping.php': slowWhenAsked })),
      );
      const made: MadeImage[] = [];
      const pings = visitors(`${connection.production}/api/ping`);
      const loops = [
        cacheTraffic(connection),
        imageTraffic(connection, made, requireImageSoon),
        slowTraffic(`${connection.production}/api/ping?slow`, 2),
      ];
      const stop = () => Promise.all([pings.stop(), ...loops.map((loop) => loop.stop())]);
      const seen: string[] = [];
      try {
        for (const { file, version } of packages) {
          const entry = await bed().done('release', '--package', file);
          expect(entry).toMatchObject({ version, outcome: 'live', requests: { lost: 0 } });
          seen.push(await bed().liveVersion());
        }
        for (let number = 1; number <= releases; number++) {
          expect(await bed().done('rollback')).toMatchObject({ outcome: 'live', requests: { lost: 0 } });
          seen.push(await bed().liveVersion());
        }
      } finally {
        await stop();
      }
      const [ping, ...others] = await stop();

      const versions = packages.map(({ version }) => version);
      expect(seen).toEqual([...versions, ...versions.slice(0, -1).reverse(), first]);
      expect(ping.failures).toEqual([]);
      expect(others.map(({ failures }) => failures)).toEqual(others.map(() => []));
      expect(ping.requests).toBeGreaterThan(long ? 1000 : 100);
      for (const image of made) await requireImageSoon(connection.production, image);
    });
  });

  test(`${bareSwaps} swaps by the bare ARM client hide no image`, async () => {
    const { connection } = bed();
    const made: MadeImage[] = [];
    const images = imageTraffic(connection, made, requireImageSoon);
    try {
      for (let number = 1; number <= bareSwaps; number++) await swapByArm(connection);
    } finally {
      await images.stop();
    }
    expect((await images.stop()).failures).toEqual([]);
    expect(made.length).toBeGreaterThan(bareSwaps);
    for (const image of made) await requireImageSoon(connection.production, image);
  });
}

function slowWhenAsked(php: string): string {
  return php.replace('return new', `if (isset($_GET['slow'])) { sleep(${SLOW_SECONDS}); }\n        return new`);
}
