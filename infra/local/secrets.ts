import { randomBytes } from 'node:crypto';
import { readJson, type StatePaths, writeJson } from './state.ts';

/**
 * Values that Azure would make up at creation: generated passwords, account keys, tokens. One value per name for the
 * region's life; kept in secrets.json (0600), the only place they are written to besides connection.json.
 */
export class Secrets {
  readonly #values: Map<string, string>;
  readonly #path: string;
  #dirty = false;

  private constructor(path: string, values: Map<string, string>) {
    this.#path = path;
    this.#values = values;
  }

  static async open(paths: StatePaths): Promise<Secrets> {
    const kept = await readJson(paths.secrets);
    const entries = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
    return new Secrets(paths.secrets, new Map(entries.filter((e): e is [string, string] => typeof e[1] === 'string')));
  }

  /** A random value of `bytes` bytes in base64 or base64url, made the first time it is asked for. */
  get(name: string, bytes = 32, encoding: 'base64' | 'base64url' = 'base64url'): string {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = randomBytes(bytes).toString(encoding);
    this.#values.set(name, value);
    this.#dirty = true;
    return value;
  }

  async save(): Promise<void> {
    if (!this.#dirty) return;
    await writeJson(this.#path, Object.fromEntries(this.#values));
    this.#dirty = false;
  }
}
