const fileMaxBytes = 1024 * 1024;
const totalMaxBytes = 16 * 1024 * 1024;
const mostMigrations = 1_000;

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
    if (bytes > fileMaxBytes) return `${path} is larger than ${fileMaxBytes / 1024 ** 2} MB`;
    if (this.#migrations > mostMigrations) return `it holds more than ${mostMigrations} migrations`;
    if (this.#bytes > totalMaxBytes) return `its migrations are larger than ${totalMaxBytes / 1024 ** 2} MB together`;
    return undefined;
  }
}
