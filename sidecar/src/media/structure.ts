import type { FileHandle } from 'node:fs/promises';
import { ByteReader } from './byte-reader.ts';
import { type Format, formatByMagic, type ImageKind, imageByExtension } from './content-type.ts';
import { imageIsWhole } from './image-structure.ts';

export type Readable = Pick<FileHandle, 'read'>;
type IsWhole = (file: Readable, size: number) => Promise<boolean>;

/** Bytes that `structureProblem` reads from the start of a file. */
const HEAD_BYTES = 16;
/** PDF readers look for the end in the last kilobyte, and so does this, with room for the table's offset before it. */
const PDF_TAIL_BYTES = 2_048;
/** Length of a zip's end record without its comment, and of the longest comment. */
const ZIP_END_BYTES = 22;
const ZIP_COMMENT_BYTES = 65_535;
const ZIP_64 = 0xffff_ffff;
const BMP_SIZE_OFFSET = 2;

/**
 * Why a foreign file is not complete by its own structure, or undefined when it is complete or its format has no end. The
 * format is the one of the first bytes. A name with the extension of an image promises an image.
 */
export async function structureProblem(path: string, file: Readable, size: number): Promise<string | undefined> {
  const promised = imageByExtension(path);
  if (size === 0) return promised === undefined ? undefined : `an empty ${promised} image`;
  const head = await new ByteReader(file, size).take(Math.min(size, HEAD_BYTES));
  const format = head === undefined ? undefined : formatByMagic(head);
  if (promised !== undefined && !isImage(format)) return `named ${promised}, but its first bytes are of no such image`;
  if (format === undefined || (await WHOLE[format](file, size))) return undefined;
  return `a ${format}${isImage(format) ? ' image' : ' file'} that is not all there (${size} bytes so far)`;
}

/** PDF: the end marker is near the end, and the cross-reference table before it lies inside the file. */
const pdfIsWhole: IsWhole = async (file, size) => {
  const tail = (await tailOf(file, size, PDF_TAIL_BYTES)).toString('latin1');
  const end = tail.lastIndexOf('%%EOF');
  const match = /startxref\s+(\d{1,15})\s*$/.exec(tail.slice(0, Math.max(0, end)));
  // A linearized file has an end marker in its first part too, with an offset of 0.
  return match !== null && Number(match[1]) > 0 && Number(match[1]) < size;
};

/** Zip and the formats in a zip: the end record is there, and the directory lies just before it. */
const zipIsWhole: IsWhole = async (file, size) => {
  const tail = await tailOf(file, size, ZIP_END_BYTES + ZIP_COMMENT_BYTES);
  for (let at = tail.lastIndexOf('PK\x05\x06'); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf('PK\x05\x06', at - 1)) {
    if (at + ZIP_END_BYTES > tail.length) continue;
    const [directoryBytes, directoryAt] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    const endAt = size - tail.length + at;
    const isThere = directoryAt === ZIP_64 || directoryBytes === ZIP_64 || directoryAt + directoryBytes === endAt;
    if (isThere && at + ZIP_END_BYTES + tail.readUInt16LE(at + 20) <= tail.length) return true;
  }
  return false;
};

/** ISO media (mp4, mov, heic, avif): the boxes end exactly at the end of the file and hold the index and the data. */
const isoMediaIsWhole: IsWhole = async (file, size) => {
  const bytes = new ByteReader(file, size);
  const types = new Set<string>();
  while (bytes.position < size) {
    const header = await bytes.take(8);
    if (header === undefined) return false;
    const type = header.toString('latin1', 4, 8);
    let [length, headerBytes] = [header.readUInt32BE(0), 8];
    if (length === 1) {
      const large = (await bytes.take(8))?.readBigUInt64BE(0);
      if (large === undefined || large > Number.MAX_SAFE_INTEGER) return false;
      [length, headerBytes] = [Number(large), 16];
    } else if (length === 0) {
      // The last box may leave its length open; then nothing says whether it is all there, but the index before it.
      length = size - bytes.position + headerBytes;
    }
    if (length < headerBytes || bytes.position - headerBytes + length > size) return false;
    types.add(type);
    bytes.skip(length - headerBytes);
  }
  return ['moov', 'meta', 'moof'].some((type) => types.has(type)) && types.has('mdat');
};

/** BMP: as long as its header says. Some writers leave the length out. */
const bmpIsWhole: IsWhole = async (file, size) => {
  const header = await new ByteReader(file, size).take(BMP_SIZE_OFFSET + 4);
  return header !== undefined && header.readUInt32LE(BMP_SIZE_OFFSET) <= size;
};

const WHOLE: Readonly<Record<Format, IsWhole>> = {
  png: imageIsWhole.png,
  jpeg: imageIsWhole.jpeg,
  gif: imageIsWhole.gif,
  webp: imageIsWhole.webp,
  bmp: bmpIsWhole,
  pdf: pdfIsWhole,
  zip: zipIsWhole,
  'ISO media': isoMediaIsWhole,
};

function isImage(format: Format | undefined): format is ImageKind {
  return format !== undefined && format in imageIsWhole;
}

/** The last bytes of a file, at most `bytes`; fewer when the file has become shorter. */
async function tailOf(file: Readable, size: number, bytes: number): Promise<Buffer> {
  const tail = Buffer.alloc(Math.min(size, bytes));
  let filled = 0;
  while (filled < tail.length) {
    const { bytesRead } = await file.read(tail, filled, tail.length - filled, size - tail.length + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return tail.subarray(0, filled);
}
