import { open } from 'node:fs/promises';
import { isErrno } from '../lib/error-message.ts';

const CHUNK_BYTES = 256 * 1024;

/** Follows a file of lines: each reading gives the whole lines that were added since the last one. */
export class LineFile {
  readonly #file: string;
  readonly #firstBytes: number;
  #offset: number | undefined;
  #inode = 0;
  #rest: Buffer = Buffer.alloc(0);

  /** `firstBytes`: how much of the end the first reading gives. */
  constructor(file: string, firstBytes: number) {
    this.#file = file;
    this.#firstBytes = firstBytes;
  }

  async read(): Promise<string[]> {
    const lines: string[] = [];
    await this.each((line) => lines.push(line));
    return lines;
  }

  /** Calls `take` with each new line; memory does not grow with what is read. */
  async each(take: (line: string) => void): Promise<void> {
    const file = await open(this.#file, 'r').catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (file === undefined) return;
    try {
      const { size, ino } = await file.stat();
      // Another file took its place, or it was cut off.
      const isNew = this.#offset === undefined || ino !== this.#inode || this.#offset > size;
      if (isNew) {
        this.#rest = Buffer.alloc(0);
        this.#offset = this.#inode === 0 ? Math.max(0, size - this.#firstBytes) : 0;
      }
      let cutOff = isNew && (this.#offset ?? 0) > 0;
      this.#inode = ino;
      for (let offset = this.#offset ?? 0; offset < size; this.#offset = offset) {
        const { buffer, bytesRead } = await file.read(
          Buffer.alloc(Math.min(CHUNK_BYTES, size - offset)),
          0,
          null,
          offset,
        );
        if (bytesRead === 0) break;
        offset += bytesRead;
        cutOff = this.#take(buffer.subarray(0, bytesRead), cutOff, take);
      }
    } finally {
      await file.close();
    }
  }

  #take(bytes: Buffer, cutOff: boolean, take: (line: string) => void): boolean {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(10) + 1;
    this.#rest = all.subarray(end);
    if (end === 0) return cutOff;
    const lines = all.toString('utf8', 0, end - 1).split('\n');
    for (const line of cutOff ? lines.slice(1) : lines) if (line !== '') take(line);
    return false;
  }
}
