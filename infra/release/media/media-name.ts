/**
 * The sidecar's rule for names, which `sidecar/src/media/names.ts` decides: what it would report as stuck must not be
 * imported. It is written here a second time because infra imports no code of the sidecar; a test holds both equal.
 */

/** Blob's limit: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const BLOB_NAME_LENGTH = 1_024;
const SEGMENT_BYTES = 255;
/** App Service takes no longer path in a package. */
const PACKAGE_PATH_BYTES = 2_048;
/** What SMB does not allow in a name. */
const FORBIDDEN = /["*:<>?|\\]/;
/** Stands for bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/** Why the sidecar would not carry a path with `/` between its segments; undefined when it would. */
export function pathProblem(path: string): string | undefined {
  if (path.length > BLOB_NAME_LENGTH) return `a path of more than ${BLOB_NAME_LENGTH} characters`;
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Why a file cannot be imported under its path; undefined when it can. What may be carried has to fit a package as well. */
export function importProblem(path: string): string | undefined {
  if (path.includes(REPLACEMENT)) return 'a name that is not UTF-8';
  if (Buffer.byteLength(path) > PACKAGE_PATH_BYTES) return `a path of more than ${PACKAGE_PATH_BYTES} bytes`;
  return pathProblem(path);
}

/** Equal for two paths that are one on a share that ignores case, as `/home` does. */
export function shareKey(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'an empty path segment';
  if (/^(\.|%2e){1,2}$/i.test(segment)) return 'a . or .. path segment';
  if (segment.startsWith('.')) return 'a dot file';
  if (/\p{Cc}/u.test(segment)) return 'a control character in the name';
  if (/[\ufffe\uffff]/.test(segment)) return 'a Unicode noncharacter in the name';
  const [forbidden] = FORBIDDEN.exec(segment) ?? [];
  if (forbidden !== undefined) return `the character ${forbidden} in the name, which SMB cannot hold`;
  if (/[. ]$/.test(segment)) return 'a trailing dot or space in the name, which SMB cannot hold';
  if (Buffer.byteLength(segment) > SEGMENT_BYTES) return `a name of more than ${SEGMENT_BYTES} bytes`;
  return undefined;
}
