import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Connection } from '../lib/connection.ts';
import { regionStatus } from '../local/region-client.ts';
import { eventually, TestRegion } from '../testbed/region.ts';

/** How often each process is killed: a few in every run, SLIPWAY_KILLS=50 for the recorded one. */
const kills = Number(process.env.SLIPWAY_KILLS ?? 3);

jest.setTimeout(60_000 + kills * 8_000);

let region: TestRegion;
let connection: Connection;

beforeAll(async () => {
  region = await TestRegion.create();
  await region.start();
  connection = await region.connection();
}, 120_000);

afterAll(() => region.remove(), 60_000);

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What was promised: name in the container, and the digest of its bytes. */
type Manifest = Map<string, string>;

async function makeImages(manifest: Manifest, running: () => boolean): Promise<void> {
  while (running()) {
    try {
      const answer = await fetch(`${connection.production}/api/generate-image`, { method: 'POST' });
      if (answer.status !== 201) continue;
      const image = (await answer.json()) as { name: string; sha256: string };
      manifest.set(image.name, image.sha256);
    } catch {
      // php-fpm died with it: no answer, no promise.
    }
  }
}

/** A foreign program that writes straight to the final name, in pieces. */
async function writeInPlace(manifest: Manifest, running: () => boolean, writer: number): Promise<void> {
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

test(`nothing is lost, cut or overwritten when sidecar and php-fpm are killed ${kills} times each under load`, async () => {
  const manifest: Manifest = new Map();
  let going = true;
  const running = () => going;
  const stream = [
    ...Array.from({ length: 3 }, () => makeImages(manifest, running)),
    ...[1, 2].map((writer) => writeInPlace(manifest, running, writer)),
  ];
  for (let round = 0; round < kills; round++) {
    for (const name of ['sidecar', 'phpFpm'] as const) {
      // The command would cost more than what is measured here.
      const pid = async () => (await regionStatus(region))?.slots.production.instances[0]?.processes[name] ?? null;
      await eventually(`${name} runs`, 10_000, async () => (await pid()) !== null);
      const before = await pid();
      process.kill(before ?? 0, 'SIGKILL');
      await eventually(`${name} is back`, 10_000, async () => {
        const now = await pid();
        return now !== null && now !== before;
      });
    }
  }
  going = false;
  await Promise.all(stream);
  expect(manifest.size).toBeGreaterThan(kills);
  await eventually(
    'the outbox is empty',
    60_000,
    async () => (await region.status()).slots.production.media?.pending === 0,
  );

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

  // An image whose maker died before it could answer was promised to nobody; under its final name it is whole all the same.
  const cut: string[] = [];
  for await (const { name } of media.listBlobsFlat()) {
    if (manifest.has(name) || !name.endsWith('.png')) continue;
    const bytes = await media.getBlobClient(name).downloadToBuffer();
    if (!bytes.subarray(-8).equals(Buffer.from('49454e44ae426082', 'hex'))) cut.push(name);
  }
  expect(cut).toEqual([]);
  expect(await readFile(join(region.stateDir, 'logs', 'region.log'), 'utf8')).not.toMatch(/uncaught/i);
});
