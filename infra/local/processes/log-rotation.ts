import { copyFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const CHECK_EVERY_MS = 15_000;
/** A log is kept in two files of at most about this size: the current one and the one before. */
const LOG_MAX_BYTES = 32 * 1024 * 1024;

/** Keeps logs from filling the disk. Processes open logs for appending, so a truncated log is written from its new end. */
export class LogRotation {
  readonly #directory: string;
  readonly #maxBytes: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, maxBytes = LOG_MAX_BYTES) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  start(): void {
    this.#timer = setInterval(() => void this.rotate().catch((error) => console.error(error)), CHECK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Copies each log that is too long to `NAME.log.1` and truncates it. */
  async rotate(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const file = join(this.#directory, name);
      if (!name.endsWith('.log') || (await stat(file)).size <= this.#maxBytes) continue;
      await copyFile(file, `${file}.1`);
      await truncate(file);
    }
  }
}
