import type { FileHandle } from 'node:fs/promises';
import { ByteReader } from './byte-reader.ts';
import { type ImageKind, imageByExtension, imageByMagic } from './content-type.ts';

type Whole = (bytes: ByteReader, size: number) => Promise<boolean>;

/**
 * Why a foreign file is an image that is not all there, or undefined when it is whole or no image.
 * An image is what has the extension or the first bytes of one.
 */
export async function imageProblem(
  path: string,
  file: Pick<FileHandle, 'read'>,
  size: number,
): Promise<string | undefined> {
  const promised = imageByExtension(path);
  if (size === 0) return promised === undefined ? undefined : `an empty ${promised} image`;
  const reader = new ByteReader(file, size);
  const head = await reader.take(Math.min(size, 16));
  const kind = head === undefined ? undefined : imageByMagic(head);
  if (kind === undefined)
    return promised === undefined ? undefined : `named ${promised}, but its first bytes are of no image`;
  const whole = await WHOLE[kind](new ByteReader(file, size), size);
  return whole ? undefined : `a ${kind} image that is not all there (${size} bytes so far)`;
}

/** PNG: the chunks lead to IEND. */
const pngIsWhole: Whole = async (bytes) => {
  bytes.skip(8);
  for (;;) {
    const chunk = await bytes.take(8);
    if (chunk === undefined) return false;
    const length = chunk.readUInt32BE(0);
    if (chunk.toString('latin1', 4, 8) === 'IEND') return length === 0 && (await bytes.take(4)) !== undefined;
    bytes.skip(length + 4);
  }
};

/** JPEG: the segments lead to EOI. Thumbnails inside a segment have an EOI of their own, so searching is not enough. */
const jpegIsWhole: Whole = async (bytes) => {
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
const gifIsWhole: Whole = async (bytes) => {
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
    for (;;) {
      const length = (await bytes.take(1))?.[0];
      if (length === undefined) return false;
      if (length === 0) break;
      bytes.skip(length);
    }
  }
};

/** WebP: as long as its RIFF header says. */
const webpIsWhole: Whole = async (bytes, size) => {
  const header = await bytes.take(12);
  return header !== undefined && header.readUInt32LE(4) + 8 <= size;
};

const WHOLE: Readonly<Record<ImageKind, Whole>> = {
  png: pngIsWhole,
  jpeg: jpegIsWhole,
  gif: gifIsWhole,
  webp: webpIsWhole,
};

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}
