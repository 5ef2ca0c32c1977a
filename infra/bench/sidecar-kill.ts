import { setTimeout as sleep } from 'node:timers/promises';
import { Testbed } from '../../sidecar/testbed/testbed.ts';
import { until } from '../../sidecar/testbed/until.ts';
import { Writers } from '../../sidecar/testbed/writers.ts';

export interface Killed {
  readonly kills: number;
  readonly files: number;
  readonly lost: number;
  /** Other bytes in Blob than were written. */
  readonly different: number;
  readonly unknown: number;
  readonly conflicts: number;
}

/** kill -9 of the sidecar again and again under a stream of files, then every byte in Blob against what was written. */
export async function measureKills(kills: number, say: (line: string) => void): Promise<Killed> {
  const bed = await Testbed.start();
  try {
    const sidecar = await bed.sidecar();
    const writers = new Writers(sidecar.outbox, { atomic: 3, inPlace: 2, pauseMs: 15 });
    for (let kill = 1; kill <= kills; kill += 1) {
      await sleep(50 + Math.random() * 500);
      await sidecar.down('SIGKILL');
      await sidecar.up();
      if (kill % 25 === 0) say(`${kill} kills, ${writers.manifest.size} files written`);
    }
    await writers.stop();
    await until('it is drained', async () => (await sidecar.drain(30)).status === 200, 300_000);
    const { manifest } = writers;
    const blobs = await bed.azurite.manifest();
    const { media } = await sidecar.status();
    return {
      kills,
      files: manifest.size,
      lost: [...manifest.keys()].filter((name) => !blobs.has(name)).length,
      different: [...manifest].filter(([name, hash]) => blobs.has(name) && blobs.get(name) !== hash).length,
      unknown: [...blobs.keys()].filter((name) => !manifest.has(name)).length,
      conflicts: media.conflictCount,
    };
  } finally {
    await bed.stop();
  }
}
