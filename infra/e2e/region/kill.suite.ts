import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { regionStatus } from '../../local/region-client.ts';
import { eventually } from '../../testbed/eventually.ts';
import { type RegionBed, sha256 } from '../../testbed/region-bed.ts';

/** The files that were promised: name in the container and digest of the bytes. */
type Manifest = Map<string, string>;

async function makeImages({ connection }: RegionBed, manifest: Manifest, running: () => boolean): Promise<void> {
  while (running()) {
    try {
      const answer = await fetch(`${connection.production}/api/generate-image`, { method: 'POST' });
      if (answer.status !== 201) continue;
      const image = (await answer.json()) as { name: string; sha256: string };
      manifest.set(image.name, image.sha256);
    } catch {
      // php-fpm was killed during the request: without an answer nothing was promised.
    }
  }
}

/** Another program that writes directly to the final name, in pieces. */
async function writeInPlace(
  { connection }: RegionBed,
  manifest: Manifest,
  running: () => boolean,
  writer: number,
): Promise<void> {
  for (let count = 0; running(); count++) {
    const name = `writer ${writer}/report #${count}.bin`;
    const file = join(connection.slots.production.outbox, name);
    await mkdir(dirname(file), { recursive: true });
    const pieces = Array.from({ length: 5 }, () => randomBytes(20_000));
    for (const piece of pieces) {
      await appendFile(file, piece);
      await sleep(50);
    }
    manifest.set(name, sha256(Buffer.concat(pieces)));
  }
}

/** `kills`: how often each of the two processes is killed. */
export function describeKills(bed: () => RegionBed, kills: number): void {
  test(`nothing is lost, cut or overwritten when sidecar and php-fpm are killed ${kills} times each under load`, async () => {
    const { region } = bed();
    const manifest: Manifest = new Map();
    let going = true;
    const running = () => going;
    const stream = [
      ...Array.from({ length: 3 }, () => makeImages(bed(), manifest, running)),
      ...[1, 2].map((writer) => writeInPlace(bed(), manifest, running, writer)),
    ];
    for (let round = 0; round < kills; round++) {
      for (const name of ['sidecar', 'phpFpm'] as const) {
        // Directly, because a command for each look would take longer than the kills.
        const pid = async () => (await regionStatus(region))?.slots.production.instances[0]?.processes[name] ?? null;
        await eventually(`${name} runs`, async () => (await pid()) !== null);
        const before = await pid();
        process.kill(before ?? 0, 'SIGKILL');
        await eventually(`${name} is back`, async () => {
          const now = await pid();
          return now !== null && now !== before;
        });
      }
    }
    going = false;
    await Promise.all(stream);
    expect(manifest.size).toBeGreaterThan(kills);
    await eventually('the outbox is empty', async () => (await region.status()).slots.production.media?.pending === 0);

    const media = await region.media();
    const wrong: string[] = [];
    for (const [name, digest] of manifest) {
      const bytes = await media
        .getBlobClient(name)
        .downloadToBuffer()
        .catch(() => Buffer.alloc(0));
      if (sha256(bytes) !== digest) wrong.push(`${name}: ${bytes.length} bytes`);
    }
    expect(wrong).toEqual([]);
    expect((await region.status()).slots.production.media).toMatchObject({ stuck: [], conflicts: [] });

    // An image whose request got no answer was promised to nobody, but it must be whole under its final name.
    const cut: string[] = [];
    for await (const { name } of media.listBlobsFlat()) {
      if (manifest.has(name) || !name.endsWith('.png')) continue;
      const bytes = await media.getBlobClient(name).downloadToBuffer();
      if (!bytes.subarray(-8).equals(Buffer.from('49454e44ae426082', 'hex'))) cut.push(name);
    }
    expect(cut).toEqual([]);
    expect(await readFile(join(region.stateDir, 'logs', 'region.log'), 'utf8')).not.toMatch(/uncaught/i);
  });
}
