import * as defaults from '../defaults.ts';

/**
 * Memory for the contents of the files in hand, used again and again. Allocated anew for each file, it would make the
 * garbage collector go over everything every few files, at half the processor time of the whole.
 */
export class Spaces {
  readonly #idle: Buffer[] = [];

  async lend<T>(work: (space: Buffer) => Promise<T>): Promise<T> {
    const space = this.#idle.pop() ?? Buffer.allocUnsafeSlow(defaults.IN_MEMORY_BYTES);
    try {
      return await work(space);
    } finally {
      this.#idle.push(space);
    }
  }
}
