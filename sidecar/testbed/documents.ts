import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A small PDF as writers make it: objects, table, trailer. A linearized one has a first table at its beginning. */
export function pdf(options: { readonly linearized?: boolean; readonly bytes?: number } = {}): Buffer {
  const first = options.linearized === true ? 'xref\n0 1\ntrailer\n<< >>\nstartxref\n0\n%%EOF\n' : '';
  const stream = randomBytes(options.bytes ?? 4_000).toString('hex');
  const body = `%PDF-1.7\n${first}1 0 obj\n<< /Length ${stream.length} >>\nstream\n${stream}\nendstream\nendobj\n`;
  const table = `xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 >>\n`;
  return Buffer.from(`${body}${table}startxref\n${body.length}\n%%EOF`, 'latin1');
}

/** A zip with these files, stored. */
export function zip(files: readonly Buffer[] = [randomBytes(3_000), randomBytes(200)], comment = ''): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [index, bytes] of files.entries()) {
    const name = Buffer.from(`file-${index}`);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    for (const [offset, value] of [
      [14, crc32(bytes)],
      [18, bytes.length],
      [22, bytes.length],
    ] as const)
      local.writeUInt32LE(value, offset);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    local.copy(entry, 16, 14, 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, name);
    locals.push(local, name, bytes);
    at += local.length + name.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, ...directory, end, Buffer.from(comment)]);
}

/** An mp4 as far as its boxes go. */
export function mp4(options: { readonly indexFirst?: boolean; readonly largeSizes?: boolean } = {}): Buffer {
  const type = box('ftyp', Buffer.from('isom\0\0\x02\0isommp42', 'latin1'));
  const index = box('moov', randomBytes(500));
  const data = box('mdat', randomBytes(4_000), options.largeSizes);
  return Buffer.concat(options.indexFirst === true ? [type, index, data] : [type, data, index]);
}

export function avif(): Buffer {
  const type = box('ftyp', Buffer.from('avif\0\0\0\0avifmif1', 'latin1'));
  return Buffer.concat([type, box('meta', randomBytes(300)), box('mdat', randomBytes(2_000))]);
}

export function bmp(): Buffer {
  const bytes = Buffer.concat([Buffer.from('BM\0\0\0\0\0\0\0\0', 'latin1'), randomBytes(2_000)]);
  bytes.writeUInt32LE(bytes.length, 2);
  return bytes;
}

function box(type: string, contents: Buffer, large = false): Buffer {
  const header = Buffer.alloc(large ? 16 : 8);
  header.writeUInt32BE(large ? 1 : header.length + contents.length, 0);
  header.write(type, 4, 'latin1');
  if (large) header.writeBigUInt64BE(BigInt(header.length + contents.length), 8);
  return Buffer.concat([header, contents]);
}
