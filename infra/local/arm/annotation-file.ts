import { isObject } from '../../lib/json.ts';
import { readJson, writeJson } from '../state/files.ts';
import type { JsonObject } from './json-body.ts';

const KEPT = 1_000;

/** The newest annotations of a component, in a file. */
export class AnnotationFile {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async list(): Promise<readonly JsonObject[]> {
    const kept = await readJson(this.#file);
    return Array.isArray(kept) ? kept.filter(isObject) : [];
  }

  /** One after the other, since each writes the whole file. An annotation replaces one of its id. */
  async put(annotation: JsonObject): Promise<void> {
    const written = this.#writing.then(async () => {
      const others = (await this.list()).filter(({ Id }) => Id !== annotation.Id);
      await writeJson(this.#file, [...others, annotation].slice(-KEPT));
    });
    this.#writing = written.catch(() => undefined);
    await written;
  }
}
