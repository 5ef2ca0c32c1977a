import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno } from './error-message.ts';
import { asObject } from './json.ts';

/** Values of the application's secrets in a local region, by the name of the setting; a file that only its owner may read. */
export class AppSecrets {
  readonly #file: string;

  constructor(stateDir: string) {
    this.#file = join(stateDir, 'app-secrets.json');
  }

  /** All of them, as they are now: somebody may set one while the region runs. */
  read(): Readonly<Record<string, string>> {
    try {
      const entries = Object.entries(asObject(JSON.parse(readFileSync(this.#file, 'utf8'))));
      return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return {};
      throw error;
    }
  }

  /** Before the region's first start too, so its directory may not be there yet. */
  set(name: string, value: string): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      writeFileSync(temporary, `${JSON.stringify({ ...this.read(), [name]: value }, null, 2)}\n`, {
        mode: 0o600,
        flag: 'wx',
      });
      chmodSync(temporary, 0o600);
      renameSync(temporary, this.#file);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}

/** Names of vault secrets have no underscore; the prefix keeps them apart from the program's. */
export function vaultSecretName(setting: string): string {
  return `app-${setting.replaceAll('_', '-')}`;
}

/** The setting whose secret has this name in a vault; undefined for the program's own secrets. */
export function settingOfSecret(name: string): string | undefined {
  return name.startsWith('app-') ? name.slice('app-'.length).replaceAll('-', '_') : undefined;
}
