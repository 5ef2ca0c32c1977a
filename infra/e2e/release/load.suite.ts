import { describe, expect, test } from '@jest/globals';
import { WebSlot } from '../../release/appservice/web-slot.ts';
import { ProductionProbe } from '../../release/phases/production-probe.ts';
import { swapByArm } from '../../testbed/arm-swap.ts';
import { cacheTraffic, imageTraffic, type MadeImage, requireImage, slowTraffic, WrkLoad } from '../../testbed/load.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

const slowSeconds = 2;
const secondsToSwitch = 3;

/** Releases and rollbacks while visitors keep coming. */
export function describeLoad(bed: () => ReleaseBed, releases: number, bareSwaps: number): void {
  describe('under wrk with 32 connections, and clients that send bodies, make images and ask slow pages', () => {
    test(`${releases} releases and as many rollbacks lose no request and no image, and /version shows each`, async () => {
      const { connection, first } = bed();
      const packages = await Promise.all(
        Array.from({ length: releases }, () => bed().variant({ 'src/Controller/Ping.php': slowWhenAsked })),
      );
      const made: MadeImage[] = [];
      const wrk = new WrkLoad(`${connection.production}/api/ping`);
      const loops = [
        cacheTraffic(connection),
        imageTraffic(connection, made),
        slowTraffic(`${connection.production}/api/ping?slow`, 2),
      ];
      const stop = () => Promise.all([wrk.stop(), ...loops.map((loop) => loop.stop())]);
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
      expect(ping.requests).toBeGreaterThan(1000);
      for (const image of made) await requireImage(connection.production, image);
    });
  });

  test(`${bareSwaps} swaps by the bare ARM client hide no image`, async () => {
    const { connection } = bed();
    await bed().fillStaging();
    const made: MadeImage[] = [];
    const images = imageTraffic(connection, made);
    try {
      for (let number = 1; number <= bareSwaps; number++) await swapByArm(connection);
    } finally {
      await images.stop();
    }
    expect((await images.stop()).failures).toEqual([]);
    expect(made.length).toBeGreaterThan(bareSwaps);
    for (const image of made) await requireImage(connection.production, image);
  });

  test('going back to what staging holds takes at most 3 s from the command to the switch', async () => {
    const before = await bed().liveVersion();
    const times: number[] = [];
    // On a machine that is busy with other things a try may take longer; it is the tool's time that counts.
    while (times.length < 5 && !times.some((ms) => ms <= secondsToSwitch * 1000)) {
      await bed().done('release', '--package', (await bed().variant()).file);
      const probe = ProductionProbe.start(new WebSlot(bed().connection.production));
      const began = performance.now();
      await bed().done('rollback');
      await probe.stop();
      times.push((probe.switchedAt ?? Number.NaN) - began);
      expect(await bed().liveVersion()).toBe(before);
    }
    expect(Math.min(...times)).toBeLessThanOrEqual(secondsToSwitch * 1000);
  });
}

function slowWhenAsked(php: string): string {
  return php.replace('return new', `if (isset($_GET['slow'])) { sleep(${slowSeconds}); }\n        return new`);
}
