import { readFile } from 'node:fs/promises';
import { AppSecrets } from '../lib/app-secrets.ts';
import { asObject, parseObject } from '../lib/json.ts';
import { instrumentationKeyOf } from '../local/program/resolver.ts';
import { Secrets } from '../local/program/secrets.ts';
import type { StatePaths } from '../local/state/paths.ts';

export const HIDDEN = '•••••• (secret)';
/** A shorter value would be found in words that hold no secret. */
const SHORTEST = 6;

/** Takes the region's secrets out of what leaves the console: nothing else keeps one that got into a log or a trace. */
export class Redaction {
  #pattern: RegExp | undefined;

  constructor(secrets: readonly string[] = []) {
    this.#use(secrets);
  }

  /** Reads the region's secrets anew: one may have been set meanwhile. */
  async refresh(paths: StatePaths): Promise<void> {
    const kept = asObject(parseObject(await readFile(paths.secrets, 'utf8').catch(() => '')));
    const connection = parseObject(await readFile(paths.connection, 'utf8').catch(() => ''));
    this.#use([
      ...textsIn(kept),
      ...Object.values(new AppSecrets(paths.root).read()),
      ...textsIn(connection, /token$|^key$|^password$/i),
      instrumentationKeyOf(await Secrets.open(paths)),
    ]);
  }

  text(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, HIDDEN);
  }

  #use(secrets: readonly string[]): void {
    const forms = secrets
      .filter((secret) => secret.length >= SHORTEST)
      .flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        Buffer.from(secret).toString('base64'),
      ]);
    // The longest first: one may be part of another.
    const ordered = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
    this.#pattern = ordered.length === 0 ? undefined : new RegExp(ordered.map((form) => escaped(form)).join('|'), 'g');
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Every text below a value, or those below the names that match. */
function textsIn(value: unknown, name = /^/): string[] {
  return Object.entries(asObject(value)).flatMap(([key, member]) => {
    if (typeof member === 'string') return name.test(key) ? [member] : [];
    return textsIn(member, name);
  });
}
