import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Eight bits for each of red, green and blue. */
const HEADER_REST = Buffer.from([8, 2, 0, 0, 0]);

/** A square PNG; `colourAt` says red, green and blue of a pixel, 0 to 255 each. */
export function png(size: number, colourAt: (x: number, y: number) => readonly [number, number, number]): Buffer {
  const rows = Array.from({ length: size }, (_, y) => {
    const pixels = Array.from({ length: size }, (__, x) => colourAt(x, y)).flat();
    return Buffer.from([0, ...pixels]);
  });
  const side = Buffer.alloc(4);
  side.writeUInt32BE(size);
  const data = deflateSync(Buffer.concat(rows));
  const header = Buffer.concat([side, side, HEADER_REST]);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
