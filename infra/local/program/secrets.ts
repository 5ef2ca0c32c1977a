import { randomBytes } from 'node:crypto';
import { asObject } from '../../lib/json.ts';
import { readJson, writeJson } from '../state/files.ts';
import type { StatePaths } from '../state/paths.ts';

/**
 * Values that Azure would generate at creation: passwords, account keys, tokens. Each name has one value for the region's
 * life. They are kept in secrets.json (0600); otherwise only connection.json has them.
 */
export class Secrets {
  readonly #values: Map<string, string>;
  readonly #path: string;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, values: Map<string, string>) {
    this.#path = path;
    this.#values = values;
  }

  static async open(paths: StatePaths): Promise<Secrets> {
    const kept = await readJson(paths.secrets);
    const entries = Object.entries(asObject(kept));
    return new Secrets(paths.secrets, new Map(entries.filter((e): e is [string, string] => typeof e[1] === 'string')));
  }

  /** A random value of `bytes` bytes in base64 or base64url, generated at the first call. */
  get(name: string, bytes = 32, encoding: 'base64' | 'base64url' = 'base64url'): string {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = randomBytes(bytes).toString(encoding);
    this.#values.set(name, value);
    this.#saving = this.#saving.then(() => writeJson(this.#path, Object.fromEntries(this.#values)));
    this.#saving.catch(() => undefined);
    return value;
  }

  /** Resolves when every value returned so far is on disk; rejects when it cannot be written. */
  async saved(): Promise<void> {
    await this.#saving;
  }
}
