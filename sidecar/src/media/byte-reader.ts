import type { FileHandle } from 'node:fs/promises';

const WINDOW_BYTES = 64 * 1024;

/** Reads forward through a file with one small window in memory. It reads at explicit positions and leaves the handle's own position alone. */
export class ByteReader {
  readonly #file: Pick<FileHandle, 'read'>;
  readonly #size: number;
  readonly #window: Buffer;
  #start = 0;
  #length = 0;
  #position = 0;

  constructor(file: Pick<FileHandle, 'read'>, size: number, window: Buffer = Buffer.allocUnsafe(WINDOW_BYTES)) {
    this.#file = file;
    this.#size = size;
    this.#window = window;
  }

  get position(): number {
    return this.#position;
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** The next `count` bytes, or undefined when the file ends earlier. */
  async take(count: number): Promise<Buffer | undefined> {
    if (!(await this.#hold(count))) return undefined;
    const at = this.#position - this.#start;
    this.#position += count;
    return this.#window.subarray(at, at + count);
  }

  /** Moves to just after the next byte with this value. False when there is none. */
  async seekBehind(value: number): Promise<boolean> {
    while (await this.#hold(1)) {
      const at = this.#window.subarray(0, this.#length).indexOf(value, this.#position - this.#start);
      if (at >= 0) {
        this.#position = this.#start + at + 1;
        return true;
      }
      this.#position = this.#start + this.#length;
    }
    return false;
  }

  async #hold(count: number): Promise<boolean> {
    if (this.#position + count > this.#size) return false;
    if (this.#position >= this.#start && this.#position + count <= this.#start + this.#length) return true;
    let filled = 0;
    const wanted = Math.min(this.#window.length, this.#size - this.#position);
    while (filled < wanted) {
      const { bytesRead } = await this.#file.read(this.#window, filled, wanted - filled, this.#position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#start = this.#position;
    this.#length = filled;
    return filled >= count;
  }
}
