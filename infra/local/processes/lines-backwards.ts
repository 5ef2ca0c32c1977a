import { open } from 'node:fs/promises';
import { isErrno } from '../../lib/error-message.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;

/** The whole lines of a file, the newest first. Memory does not grow with the file. A line that is being written is left out. */
export async function* linesBackwards(file: string): AsyncGenerator<string> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    let { size: end } = await handle.stat();
    let rest: Buffer = Buffer.alloc(0);
    let isFirst = true;
    while (end > 0) {
      const length = Math.min(CHUNK_BYTES, end);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, end - length);
      end -= length;
      let text: Buffer = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
      if (isFirst) text = text.subarray(0, text.lastIndexOf(NEWLINE) + 1);
      isFirst &&= text.length === 0;
      const begin = end === 0 ? 0 : text.indexOf(NEWLINE) + 1;
      if (begin === 0 && end > 0) {
        rest = text;
        continue;
      }
      rest = text.subarray(0, begin);
      const lines = text.toString('utf8', begin).split('\n');
      for (const line of lines.reverse()) if (line !== '') yield line;
    }
  } finally {
    await handle.close();
  }
}
