/** A file of an archive; `path` with forward slashes, relative. */
export interface TarEntry {
  readonly path: string;
  readonly content: Buffer;
}

const BLOCK = 512;
const MODE = '0000644';
/** The format's fields for longer paths: 100 for the name, 155 for the directories before it. */
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/**
 * A tar archive in ustar format: the same entries give the same bytes, since owner, mode and time are always the same.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, content }) => [
    header(path, content.length),
    content,
    padding(content.length),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(path: string, size: number): Buffer {
  const { name, prefix } = split(path);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 'utf8');
  block.write(MODE, 100, 'ascii');
  block.write('0000000', 108, 'ascii');
  block.write('0000000', 116, 'ascii');
  block.write(size.toString(8).padStart(11, '0'), 124, 'ascii');
  block.write('00000000000', 136, 'ascii');
  block.write('        ', 148, 'ascii');
  block.write('0', 156, 'ascii');
  block.write('ustar\u000000', 257, 'ascii');
  block.write(prefix, 345, 'utf8');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'ascii');
  return block;
}

function split(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { name: path, prefix: '' };
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
    const prefix = path.slice(0, cut);
    const name = path.slice(cut + 1);
    if (Buffer.byteLength(name) > NAME_BYTES) break;
    if (Buffer.byteLength(prefix) <= PREFIX_BYTES) return { name, prefix };
  }
  throw new RangeError(`${path} is too long for a tar archive`);
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
