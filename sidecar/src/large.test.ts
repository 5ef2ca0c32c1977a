import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { png, ulidName, writeAtomically } from '../testbed/files.ts';
import { byForm } from '../testbed/long-form.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';

jest.setTimeout(120_000);

const MB = 1_000_000;
/** Streamed in many requests of the sidecar's file reader. Its memory is measured by the benchmark. */
const CHUNKS = byForm(50, 200);

let bed: Testbed;
beforeAll(async () => {
  bed = await Testbed.start({ inMemory: false });
});
afterAll(() => bed?.stop());

test('a large file, written straight to its name, arrives whole and holds up no other', async () => {
  const sidecar = await bed.sidecar();
  const hash = createHash('md5');
  const file = await open(join(sidecar.outbox, 'large.bin'), 'w');
  const chunk = randomBytes(MB);
  for (let at = 0; at < CHUNKS; at += 1) {
    chunk.writeUInt32BE(at);
    hash.update(chunk);
    await file.write(chunk);
  }
  await file.close();
  const isSynced = (): boolean => existsSync(join(sidecar.synced, 'large.bin'));
  await until('it is in hand', async () => isSynced() || (await sidecar.status()).media.inHand === 1);
  const small = ulidName();
  await writeAtomically(sidecar.outbox, small, png());
  expect((await sidecar.carryOnceAvailable(small, 20_000)).status).toBe(200);
  await until('it is synced', isSynced);
  const facts = await bed.azurite.container().getBlobClient('large.bin').getProperties();
  expect(facts.contentLength).toBe(CHUNKS * MB);
  expect(Buffer.from(facts.contentMD5 ?? []).equals(hash.digest())).toBe(true);
}, 120_000);
