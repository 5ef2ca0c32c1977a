/** Names in the outbox. A name is a path relative to the outbox with `/` between its segments; the blob has the same name. */

const ULID_FILE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}(\.[a-z0-9]{1,8})?$/;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Blob's limits: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const BLOB_NAME_LENGTH = 1_024;
const SEGMENT_BYTES = 255;
/** Control characters, characters that SMB does not allow, and Unicode noncharacters. */
const UNHOLDABLE = /[\p{Cc}"*:<>?|\\\ufffe\uffff]/u;

/** True for a name that the application makes; such a file is complete when it appears. Folders do not matter. */
export function isUlidName(path: string): boolean {
  return ULID_FILE.test(lastSegment(path));
}

/** The time in a name of the application, in milliseconds since 1970; undefined for a foreign name. */
export function ulidTimeMs(path: string): number | undefined {
  const name = lastSegment(path);
  if (!ULID_FILE.test(name)) return undefined;
  let time = 0;
  for (const letter of name.slice(0, 10)) time = time * 32 + CROCKFORD.indexOf(letter);
  return time;
}

/** Why a single segment cannot be carried, or undefined when it can. */
export function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'an empty path segment';
  if (isDotSegment(segment)) return 'a . or .. path segment';
  if (segment.startsWith('.')) return 'a dot file';
  const [letter] = UNHOLDABLE.exec(segment) ?? [];
  if (letter !== undefined) {
    if (letter >= '\ufffe') return 'a Unicode noncharacter in the name';
    if (letter < ' ' || letter >= '\x7f') return 'a control character in the name';
    return `the character ${letter} in the name, which SMB cannot hold`;
  }
  if (segment.endsWith('.') || segment.endsWith(' '))
    return 'a trailing dot or space in the name, which SMB cannot hold';
  if (Buffer.byteLength(segment) > SEGMENT_BYTES) return `a name of more than ${SEGMENT_BYTES} bytes`;
  return undefined;
}

/** Why a whole path cannot be carried, or undefined when it can. */
export function pathProblem(path: string): string | undefined {
  if (path.length > BLOB_NAME_LENGTH) return `a path of more than ${BLOB_NAME_LENGTH} characters`;
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** True for a temporary file of the web application, which is renamed when it is complete. */
export function isTemporaryName(segment: string): boolean {
  return segment.startsWith('.tmp-');
}

/**
 * Decodes a percent-encoded path of a request target. URL classes are not used, because they would resolve `%2e%2e` before
 * it can be refused. Undefined when the encoding is invalid.
 */
export function decodePath(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** `%2e` counts as a dot too, because a URL class on the way may decode it a second time. */
function isDotSegment(segment: string): boolean {
  return /^(\.|%2e){1,2}$/i.test(segment);
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
