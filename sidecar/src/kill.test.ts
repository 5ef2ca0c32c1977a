import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { byForm } from '../testbed/long-form.ts';
import type { SidecarProcess } from '../testbed/sidecar-process.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';
import { Writers } from '../testbed/writers.ts';

jest.setTimeout(120_000);

const KILLS = byForm(4, 50);
/** Files that appear between two kills, at least. */
const BETWEEN = 5;

describe('kill -9 of the sidecar', () => {
  let bed: Testbed;
  let sidecar: SidecarProcess;

  beforeAll(async () => {
    bed = await Testbed.start();
    sidecar = await bed.sidecar();
  });
  afterAll(() => bed?.stop());

  test(
    `loses, truncates and overwrites nothing, ${KILLS} times under a stream of images`,
    async () => {
      const writers = new Writers(sidecar.outbox, { atomic: 3, inPlace: 2, pauseMs: 15 });
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = writers.manifest.size;
        await until('files were written', () => writers.manifest.size >= before + BETWEEN);
        await sleep(Math.random() * 300);
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
        120_000,
      );
      expect(drained).toMatchObject({ drained: true });
      const blobs = await bed.azurite.manifest();
      const wrong = [...writers.manifest].filter(([name, hash]) => blobs.get(name) !== hash).map(([name]) => name);
      expect(wrong).toEqual([]);
      expect(blobs.size).toBe(writers.manifest.size);
      expect(existsSync(sidecar.conflicts) ? await readdir(sidecar.conflicts) : []).toEqual([]);
    },
    180_000 + KILLS * 10_000,
  );
});
