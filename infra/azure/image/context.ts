import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SlipError } from '../../lib/errors.ts';
import { type TarEntry, tar } from './tar.ts';

/** The context of `docker build -f sidecar/Dockerfile .` at the root of the checkout. */
export interface BuildContext {
  readonly archive: Buffer;
  /** Computed from the content. */
  readonly tag: string;
}

export const DOCKERFILE = 'sidecar/Dockerfile';

/** Files outside `sidecar/` that `npm ci` reads. */
const ROOT_FILES = ['.npmrc', 'infra/package.json', 'package-lock.json', 'package.json'];

/** Reads the sidecar as it is in `root`. Throws SLIP-IMAGE-CONTEXT without a Dockerfile. */
export async function buildContext(root: string): Promise<BuildContext> {
  const paths = [...ROOT_FILES, ...(await filesBelow(root, 'sidecar'))].toSorted();
  if (!paths.includes(DOCKERFILE)) {
    throw new SlipError('SLIP-IMAGE-CONTEXT', {
      found: `${DOCKERFILE} is not in ${root}`,
      fix: 'run the command in a whole checkout',
    });
  }
  const entries = await Promise.all(
    paths.map(async (path): Promise<TarEntry> => ({ path, content: await readFile(join(root, path)) })),
  );
  const archive = tar(entries);
  const tag = createHash('sha256').update(archive).digest('hex').slice(0, 24);
  return { archive: gzipSync(archive), tag };
}

/** Without tests and installed packages, which are in no image. */
async function filesBelow(root: string, directory: string): Promise<string[]> {
  const found = await readdir(join(root, directory), { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const wanted = paths.filter((path) => !/(^|\/)(node_modules|test|testbed)\/|\.test\.ts$/.test(path));
  const present = await Promise.all(wanted.map((path) => stat(join(root, path)).then((found) => found.isFile())));
  return wanted.filter((_, index) => present[index]);
}
