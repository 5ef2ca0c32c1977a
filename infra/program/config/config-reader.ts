import { type Key, STAGES, type Stage } from './key.ts';

/** A key with a value that is not allowed. */
export interface Problem {
  readonly key: string;
  readonly value: string;
  readonly allowed: string;
}

export const NAMESPACE = 'slipway:';

/** Reads keys one by one and collects problems instead of stopping at the first. */
export class ConfigReader {
  readonly problems: Problem[] = [];
  readonly stage: Stage;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #defaults = new Map<string, string>();

  /** `values` is Pulumi's whole config; keys of other projects are ignored. */
  constructor(values: Readonly<Record<string, string>>) {
    this.#texts = new Map(
      Object.entries(values)
        .filter(([key]) => key.startsWith(NAMESPACE))
        .map(([key, value]) => [key.slice(NAMESPACE.length), value]),
    );
    const stage = STAGES.find((each) => each === this.#texts.get('stage'));
    if (stage === undefined) this.refuse('stage', `${STAGES.join(', ')}; it has to be set`);
    this.stage = stage ?? 'dev';
  }

  /** The value of a key, or its default. A value that is not allowed becomes a problem, and the default is returned. */
  read<T>(key: Key<T>): T {
    const fallback = key.defaultOf(this.stage);
    const text = this.#texts.get(key.name);
    this.#defaults.set(key.name, String(fallback));
    if (text === undefined || key.name === 'stage') return fallback;
    if (!key.stages.includes(this.stage)) {
      this.refuse(key.name, `nothing in stage ${this.stage}: the key is for ${key.stages.join(' and ')}`);
      return fallback;
    }
    const value = key.parse(text);
    if (value === undefined) this.refuse(key.name, key.allowed);
    return value ?? fallback;
  }

  /** Adds a problem for every key of the project that the program does not have. */
  refuseUnknown(known: readonly string[]): void {
    for (const name of this.#texts.keys()) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      this.refuse(
        name,
        near === undefined ? 'no such key; docs/reference/config.md lists them' : `no such key; did you mean ${near}?`,
      );
    }
  }

  refuse(key: string, allowed: string): void {
    const fallback = this.#defaults.get(key);
    const unset = fallback === undefined ? 'not set' : `${fallback}, its default`;
    this.problems.push({ key, value: this.#texts.get(key) ?? unset, allowed });
  }
}

/** The known word with the fewest edits, unless all need too many. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(2, word.length / 4) ? best.candidate : undefined;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
