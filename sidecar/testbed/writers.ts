import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { png, sha256, ulidName, writeAtomically } from './files.ts';

/** Writes files into an outbox until it is stopped, and remembers what should be in Blob in the end. */
export class Writers {
  /** SHA-256 by name. */
  readonly manifest = new Map<string, string>();
  readonly #outbox: string;
  readonly #ended: Promise<unknown>;
  #stopped = false;

  /** `inPlace` writers write straight to the final name, in pieces. */
  constructor(
    outbox: string,
    options: { readonly atomic: number; readonly inPlace: number; readonly pauseMs: number },
  ) {
    this.#outbox = outbox;
    const { atomic, inPlace, pauseMs } = options;
    this.#ended = Promise.all([
      ...Array.from({ length: atomic }, () => this.#loop(pauseMs, () => this.#writeAtomically())),
      ...Array.from({ length: inPlace }, (_, at) =>
        this.#loop(pauseMs * 5, (count) => this.#writeInPlace(`foreign-${at}-${count}.png`)),
      ),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #loop(pauseMs: number, write: (count: number) => Promise<void>): Promise<void> {
    for (let count = 0; !this.#stopped; count += 1) {
      await write(count);
      await sleep(pauseMs);
    }
  }

  async #writeAtomically(): Promise<void> {
    const bytes = png(1_000 + Math.floor(Math.random() * 30_000));
    const name = ulidName();
    this.manifest.set(name, sha256(bytes));
    await writeAtomically(this.#outbox, name, bytes);
  }

  async #writeInPlace(name: string): Promise<void> {
    const bytes = png(20_000 + Math.floor(Math.random() * 50_000));
    this.manifest.set(name, sha256(bytes));
    const file = await open(join(this.#outbox, name), 'w');
    for (let at = 0; at < bytes.length; at += 16_384) {
      await file.write(bytes.subarray(at, at + 16_384));
      await sleep(20);
    }
    await file.close();
  }
}
