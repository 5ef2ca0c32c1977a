import * as defaults from '../defaults.ts';

/**
 * Buffers for the contents of the files that are being carried. A new buffer for each file would start a full garbage
 * collection every few files; with files of 1 MB that took nearly half of the processor time.
 */
export class BufferPool {
  readonly #idle: Buffer[] = [];

  async use<T>(work: (buffer: Buffer) => Promise<T>): Promise<T> {
    const buffer = this.#idle.pop() ?? Buffer.allocUnsafeSlow(defaults.IN_MEMORY_BYTES);
    try {
      return await work(buffer);
    } finally {
      this.#idle.push(buffer);
    }
  }
}
