import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { png, ulidName, writeAtomically } from '../testbed/files.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';

const MB = 1_000_000;
const CHUNKS = 200;

let bed: Testbed;
beforeAll(async () => {
  bed = await Testbed.start({ inMemory: false });
}, 30_000);
afterAll(() => bed?.stop());

test('a file of 200 MB, written straight to its name, arrives whole, through little memory, and holds up no other', async () => {
  const sidecar = await bed.sidecar();
  const megabytes = (key: string): number =>
    Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${sidecar.pid}/status`, 'utf8'))?.[1]) / 1_000;
  const hash = createHash('md5');
  const file = await open(join(sidecar.outbox, 'large.bin'), 'w');
  const chunk = randomBytes(MB);
  for (let at = 0; at < CHUNKS; at += 1) {
    chunk.writeUInt32BE(at);
    hash.update(chunk);
    await file.write(chunk);
  }
  await file.close();
  const idle = megabytes('VmRSS');
  await until('it is in hand', async () => (await sidecar.status()).media.inHand === 1);
  const small = ulidName();
  await writeAtomically(sidecar.outbox, small, png());
  expect((await sidecar.carry(small, 20_000)).status).toBe(200);
  await until('it is synced', () => existsSync(join(sidecar.synced, 'large.bin')), 60_000);
  const facts = await bed.azurite.container().getBlobClient('large.bin').getProperties();
  expect(facts.contentLength).toBe(CHUNKS * MB);
  expect(Buffer.from(facts.contentMD5 ?? []).equals(hash.digest())).toBe(true);
  // V8 lets 64 MB of used buffers lie before it looks for them.
  expect(megabytes('VmHWM') - idle).toBeLessThan(CHUNKS * 0.75);
}, 120_000);
