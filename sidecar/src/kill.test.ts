import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SidecarProcess } from '../testbed/sidecar-process.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';
import { Writers } from '../testbed/writers.ts';

/** The long form: SIDECAR_KILLS=200. */
const KILLS = Number(process.env.SIDECAR_KILLS ?? 4);

describe('kill -9 of the sidecar', () => {
  let bed: Testbed;
  let sidecar: SidecarProcess;

  beforeAll(async () => {
    bed = await Testbed.start();
    sidecar = await bed.sidecar();
  }, 30_000);
  afterAll(() => bed?.stop());

  test(
    `loses, truncates and overwrites nothing, ${KILLS} times under a stream of images`,
    async () => {
      const writers = new Writers(sidecar.outbox, { atomic: 3, inPlace: 2, pauseMs: 15 });
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(100 + Math.random() * 500);
        await sidecar.down('SIGKILL');
        await sidecar.up();
      }
      await writers.stop();
      const drained = await until(
        'it is drained',
        async () => {
          const response = await sidecar.drain(30);
          return response.status === 200 && response.json();
        },
        60_000,
      );
      expect(drained).toMatchObject({ drained: true });
      const blobs = await bed.azurite.manifest();
      const wrong = [...writers.manifest].filter(([name, hash]) => blobs.get(name) !== hash).map(([name]) => name);
      expect(wrong).toEqual([]);
      expect(blobs.size).toBe(writers.manifest.size);
      expect(existsSync(sidecar.conflicts) ? await readdir(sidecar.conflicts) : []).toEqual([]);
      expect(writers.manifest.size).toBeGreaterThan(KILLS * 5);
    },
    60_000 + KILLS * 5_000,
  );
});
