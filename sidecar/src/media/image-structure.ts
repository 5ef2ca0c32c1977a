import type { FileHandle } from 'node:fs/promises';
import { ByteReader } from './byte-reader.ts';
import type { ImageKind } from './content-type.ts';

type IsWhole = (file: Pick<FileHandle, 'read'>, size: number) => Promise<boolean>;

/** PNG: the chunks lead to IEND. */
const pngIsWhole: IsWhole = async (file, size) => {
  const bytes = new ByteReader(file, size);
  bytes.skip(8);
  for (;;) {
    const chunk = await bytes.take(8);
    if (chunk === undefined) return false;
    const length = chunk.readUInt32BE(0);
    if (chunk.toString('latin1', 4, 8) === 'IEND') return length === 0 && (await bytes.take(4)) !== undefined;
    bytes.skip(length + 4);
  }
};

/** JPEG: the segments lead to EOI. A search for EOI is not enough, because thumbnails inside a segment have one too. */
const jpegIsWhole: IsWhole = async (file, size) => {
  const bytes = new ByteReader(file, size);
  bytes.skip(2);
  for (;;) {
    if (!(await bytes.seekBehind(0xff))) return false;
    const marker = (await bytes.take(1))?.[0];
    if (marker === undefined) return false;
    if (marker === 0xd9) return true;
    if (marker === 0xff) bytes.skip(-1);
    const standsAlone = marker === 0x00 || marker === 0x01 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8);
    if (standsAlone) continue;
    const length = (await bytes.take(2))?.readUInt16BE(0);
    if (length === undefined || length < 2) return false;
    bytes.skip(length - 2);
  }
};

/** GIF: the blocks lead to the trailer. */
const gifIsWhole: IsWhole = async (file, size) => {
  const bytes = new ByteReader(file, size);
  const header = await bytes.take(13);
  if (header === undefined) return false;
  bytes.skip(colourTableBytes(header[10] ?? 0));
  for (;;) {
    const block = (await bytes.take(1))?.[0];
    if (block === 0x3b) return true;
    if (block === 0x21) {
      bytes.skip(1);
    } else if (block === 0x2c) {
      const descriptor = await bytes.take(9);
      if (descriptor === undefined) return false;
      bytes.skip(colourTableBytes(descriptor[8] ?? 0) + 1);
    } else {
      return false;
    }
    if (!(await skipSubBlocks(bytes))) return false;
  }
};

/** WebP: the file is as long as its RIFF header says. */
const webpIsWhole: IsWhole = async (file, size) => {
  const header = await new ByteReader(file, size).take(12);
  return header !== undefined && header.readUInt32LE(4) + 8 <= size;
};

/** Whether an image of each kind has all its bytes. Further bytes after its end do not matter. */
export const imageIsWhole: Readonly<Record<ImageKind, IsWhole>> = {
  png: pngIsWhole,
  jpeg: jpegIsWhole,
  gif: gifIsWhole,
  webp: webpIsWhole,
};

/** Skips a GIF's sub-blocks up to and including the empty one that ends them. False when the file ends earlier. */
async function skipSubBlocks(bytes: ByteReader): Promise<boolean> {
  for (;;) {
    const length = (await bytes.take(1))?.[0];
    if (length === undefined) return false;
    if (length === 0) return true;
    bytes.skip(length);
  }
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}
