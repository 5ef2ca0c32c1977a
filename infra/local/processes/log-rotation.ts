import { copyFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const lookEveryMs = 15_000;
/** A log is kept in two files of at most about this size: the current one and the one before. */
const logMaxBytes = 32 * 1024 * 1024;

/** Keeps logs from filling the disk. Processes append, so a log that is cut goes on from its new end. */
export class LogLimit {
  readonly #directory: string;
  readonly #maxBytes: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, maxBytes = logMaxBytes) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  start(): void {
    this.#timer = setInterval(() => void this.cut().catch((error) => console.error(error)), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Moves what is in a log that is too long to `NAME.log.1`. */
  async cut(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const file = join(this.#directory, name);
      if (!name.endsWith('.log') || (await stat(file)).size <= this.#maxBytes) continue;
      await copyFile(file, `${file}.1`);
      await truncate(file);
    }
  }
}
