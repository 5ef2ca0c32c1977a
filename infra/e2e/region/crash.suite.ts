import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Connection } from '../../lib/connection.ts';
import { eventually } from '../../testbed/eventually.ts';
import { long } from '../../testbed/long-form.ts';
import type { TestRegion } from '../../testbed/region.ts';

const kills = long ? 50 : 2;
const killed = ['sidecar', 'phpFpm', 'nginx'] as const;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What was promised: name in the container, and the digest of its bytes. */
type Manifest = Map<string, string>;

async function makeImages({ production }: Connection, manifest: Manifest, running: () => boolean): Promise<void> {
  while (running()) {
    try {
      const answer = await fetch(`${production}/api/generate-image`, { method: 'POST' });
      if (answer.status !== 201) continue;
      const image = (await answer.json()) as { name: string; sha256: string };
      manifest.set(image.name, image.sha256);
    } catch {
      // php-fpm died with it: no answer, no promise.
    }
  }
}

/** A foreign program that writes straight to the final name, in pieces. */
async function writeInPlace(
  { slots }: Connection,
  manifest: Manifest,
  running: () => boolean,
  writer: number,
): Promise<void> {
  for (let count = 0; running(); count++) {
    const name = `writer ${writer}/report #${count}.bin`;
    const file = join(slots.production.outbox, name);
    await mkdir(dirname(file), { recursive: true });
    const pieces = Array.from({ length: 5 }, () => randomBytes(20_000));
    for (const piece of pieces) {
      await appendFile(file, piece);
      await sleep(50);
    }
    manifest.set(name, sha256(Buffer.concat(pieces)));
  }
}

export function describeCrashes(region: () => TestRegion): void {
  test(`nothing is lost, cut or overwritten when sidecar, php-fpm and nginx are killed ${kills} times each under load`, async () => {
    const connection = await region().connection();
    const manifest: Manifest = new Map();
    let going = true;
    const running = () => going;
    const stream = [
      ...Array.from({ length: 3 }, () => makeImages(connection, manifest, running)),
      ...[1, 2].map((writer) => writeInPlace(connection, manifest, running, writer)),
    ];
    for (let round = 0; round < kills; round++) {
      for (const name of killed) {
        const pid = async () => (await region().status()).slots.production.instances[0]?.processes[name] ?? null;
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
    const exits = (await region().status()).slots.production.instances[0]?.exits ?? {};
    const reasons = Object.entries(exits).flatMap(([name, ended]) => ended.map(({ reason }) => `${name}: ${reason}`));
    expect(reasons).toContainEqual(expect.stringMatching(/^sidecar.*: signal SIGKILL$/));
    await eventually(
      'the outbox is empty',
      async () => (await region().status()).slots.production.media?.pending === 0,
    );

    const media = await region().media();
    const wrong: string[] = [];
    for (const [name, digest] of manifest) {
      const bytes = await media
        .getBlobClient(name)
        .downloadToBuffer()
        .catch(() => Buffer.alloc(0));
      if (sha256(bytes) !== digest) wrong.push(`${name}: ${bytes.length} bytes`);
    }
    expect(wrong).toEqual([]);
    expect((await region().status()).slots.production.media).toMatchObject({ stuck: [], conflicts: [] });

    // An image whose maker died before it could answer was promised to nobody; under its final name it is whole all the same.
    const cut: string[] = [];
    for await (const { name } of media.listBlobsFlat()) {
      if (manifest.has(name) || !name.endsWith('.png')) continue;
      const bytes = await media.getBlobClient(name).downloadToBuffer();
      if (!bytes.subarray(-8).equals(Buffer.from('49454e44ae426082', 'hex'))) cut.push(name);
    }
    expect(cut).toEqual([]);
    expect(await readFile(join(region().stateDir, 'logs', 'region.log'), 'utf8')).not.toMatch(/uncaught/i);
  });
}
