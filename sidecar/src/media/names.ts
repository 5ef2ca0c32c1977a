/** Names in the outbox. A name here is a path relative to the outbox with `/` between its segments; the blob has the same name. */

const ULID_FILE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}(\.[a-z0-9]{1,8})?$/;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Blob's limits: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const BLOB_NAME_LENGTH = 1_024;
const SEGMENT_BYTES = 255;
/** Control characters, what SMB cannot hold, and what is no character in Unicode. */
const UNHOLDABLE = /[\p{Cc}"*:<>?|\\\ufffe\uffff]/u;

/** Is it a name the application gives, whose file is complete by construction? Folders do not matter. */
export function isUlidName(path: string): boolean {
  return ULID_FILE.test(lastSegment(path));
}

/** When the application gave the name, in milliseconds since 1970; undefined for a foreign name. */
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
    if (letter >= '\ufffe') return 'a character in the name that is none in Unicode';
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

/** A temporary file of the web application, renamed when it is complete. */
export function isTemporaryName(segment: string): boolean {
  return segment.startsWith('.tmp-');
}

/**
 * Decodes a path that came percent-encoded in a request target, without the normalisation of URL classes, which would
 * resolve `%2e%2e` before anyone sees it. Undefined when the encoding is broken.
 */
export function decodePath(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** `%2e` counts as a dot too: somewhere on the way a URL class may decode it once more. */
function isDotSegment(segment: string): boolean {
  return /^(\.|%2e){1,2}$/i.test(segment);
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
