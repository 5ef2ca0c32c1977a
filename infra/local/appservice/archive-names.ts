import { badRequest } from './arm-error.ts';

/** Characters that a name on SMB cannot have; `/home` on App Service is an SMB share. */
const FORBIDDEN_CHARACTERS = '"*:<>?|\\';
const LONGEST_SEGMENT_BYTES = 255;
const LONGEST_PATH_BYTES = 2048;

/** The segments of a relative path, or a refusal that names it. `kind` says what the path is, for the message. */
export function safeSegments(path: string, kind: string): string[] {
  const refuse = (why: string): never => {
    throw badRequest(`The package is refused: ${kind} ${quoted(path)} ${why}.`);
  };
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) refuse('is longer than 2048 bytes');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) refuse('is absolute');
  if (path.includes('\uFFFD')) refuse('is not valid UTF-8');
  const segments = path.replace(/\/$/, '').split('/');
  for (const segment of segments) {
    if (segment === '..') refuse('climbs out of its directory');
    if (segment === '' || segment === '.') refuse('has an empty segment or "."');
    if ([...segment].some((character) => character < ' ' || character === '\u007F')) refuse('has a control character');
    if ([...segment].some((character) => FORBIDDEN_CHARACTERS.includes(character))) {
      refuse(`has one of ${FORBIDDEN_CHARACTERS}, which /home cannot hold`);
    }
    if (/[. ]$/.test(segment)) refuse('has a segment that ends with a dot or a space, which /home cannot hold');
    if (Buffer.byteLength(segment) > LONGEST_SEGMENT_BYTES) refuse('has a segment longer than 255 bytes');
  }
  return segments;
}

/** Refuses names that are equal on a share that ignores case: the same name twice, `a` and `A`, a file and a folder. */
export class NameIndex {
  readonly #seen = new Map<string, { readonly path: string; readonly directory: boolean }>();

  add(segments: readonly string[], directory: boolean): void {
    for (let length = 1; length < segments.length; length++)
      this.#place(segments.slice(0, length).join('/'), true, true);
    this.#place(segments.join('/'), directory, directory);
  }

  #place(path: string, directory: boolean, mayRepeat: boolean): void {
    const key = path.normalize('NFC').toLowerCase();
    const before = this.#seen.get(key);
    if (before === undefined) {
      this.#seen.set(key, { path, directory });
      return;
    }
    if (before.path !== path) {
      throw badRequest(
        `The package is refused: ${quoted(path)} and ${quoted(before.path)} are the same name on a share that ignores case.`,
      );
    }
    if (before.directory !== directory) {
      throw badRequest(`The package is refused: ${quoted(path)} is a file and a directory.`);
    }
    if (!mayRepeat) throw badRequest(`The package is refused: ${quoted(path)} is in it twice.`);
  }
}

/** Quoted as JSON, which escapes control characters. */
function quoted(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}
