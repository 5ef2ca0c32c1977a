const FILE_MAX_BYTES = 1024 * 1024;
const TOTAL_MAX_BYTES = 16 * 1024 * 1024;
const MOST_MIGRATIONS = 1_000;

export function isMigrationPath(path: string): boolean {
  return /^migrations\/[^/]+\.php$/.test(path);
}

/** Counts what a release reads of a tree or package: whoever made it may have put anything in, and what is read stays small. */
export class ReadLimits {
  #bytes = 0;
  #migrations = 0;

  /** What is too much with this file; undefined while nothing is. */
  excess(path: string, bytes: number): string | undefined {
    this.#bytes += bytes;
    if (isMigrationPath(path)) this.#migrations += 1;
    if (bytes > FILE_MAX_BYTES) return `${path} is larger than ${FILE_MAX_BYTES / 1024 ** 2} MB`;
    if (this.#migrations > MOST_MIGRATIONS) return `it holds more than ${MOST_MIGRATIONS} migrations`;
    if (this.#bytes > TOTAL_MAX_BYTES)
      return `its migrations are larger than ${TOTAL_MAX_BYTES / 1024 ** 2} MB together`;
    return undefined;
  }
}
