import { createHash, randomBytes, randomInt } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A name such as the application gives. */
export function ulidName(extension = 'png', timeMs = Date.now()): string {
  let time = timeMs;
  let name = '';
  for (let at = 0; at < 10; at += 1) {
    name = `${CROCKFORD[time % 32]}${name}`;
    time = Math.floor(time / 32);
  }
  for (let at = 0; at < 16; at += 1) name += CROCKFORD[randomInt(32)];
  return `${name}.${extension}`;
}

/** A whole PNG of about that many bytes, with contents of its own. */
export function png(bytes = 2_000): Buffer {
  const pixels = randomBytes(Math.max(1, bytes - 70));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels.length, 0);
  header.writeUInt32BE(1, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat([Buffer.from([0]), pixels]), { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Writes as the application does: a temporary name, fsync, rename. */
export async function writeAtomically(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(folder, dirname(name), `.tmp-${name.split('/').at(-1)}`);
  const file = await open(temporary, 'w');
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(temporary, join(folder, name));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
