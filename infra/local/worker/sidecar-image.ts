import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { StatePaths } from '../state/paths.ts';
import { type ImageRecipe, imageRecipe } from './dockerfile.ts';

const repositoryRoot = join(import.meta.dirname, '../../..');
const source = join(repositoryRoot, 'sidecar');

/** Whether the Dockerfile copies the file into the image: tests and development files stay out. */
function belongsToImage(path: string): boolean {
  return !path.endsWith('.test.ts') && !path.split('/').some((part) => part === 'node_modules' || part === 'testbed');
}

/**
 * Builds the sidecar's image: a snapshot of `sidecar/`, addressed by its content as a registry addresses an image by its
 * digest. Resolves with the digest, `sha256:<hex>`. The same content is copied once.
 */
export async function buildSidecarImage(paths: StatePaths): Promise<string> {
  const files = await filesBelow(source);
  const hash = createHash('sha256');
  for (const file of files) {
    hash
      .update(`${relative(source, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  hash.update(await readFile(join(repositoryRoot, 'package-lock.json')));
  const digest = `sha256:${hash.digest('hex')}`;
  const target = imageDirectory(paths, digest);
  if (await isDirectory(target)) return digest;
  const fresh = await mkdtemp(`${target}.`);
  for (const file of files) {
    const copy = join(fresh, 'sidecar', relative(source, file));
    await mkdir(join(copy, '..'), { recursive: true });
    await cp(file, copy);
  }
  await symlink(join(repositoryRoot, 'node_modules'), join(fresh, 'node_modules'));
  if (await isDirectory(join(source, 'node_modules'))) {
    await symlink(join(source, 'node_modules'), join(fresh, 'sidecar', 'node_modules'));
  }
  // Another command may have built the same image meanwhile.
  await rename(fresh, target).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    if (!(await isDirectory(target))) throw error;
  });
  return digest;
}

/** An image on this machine. */
export interface PulledImage extends ImageRecipe {
  /** What a container has as its working directory. */
  readonly directory: string;
}

/** The image of a reference `registry/name@sha256:…`; undefined when it cannot be pulled. */
export async function pullImage(paths: StatePaths, reference: string): Promise<PulledImage | undefined> {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
  if (digest === undefined) return undefined;
  const directory = imageDirectory(paths, digest);
  if (!(await isDirectory(directory))) return undefined;
  return { directory, ...imageRecipe(await readFile(join(directory, 'sidecar', 'Dockerfile'), 'utf8')) };
}

/** The image's `node` is the one that runs here. */
export function containerCommand({ command: [program, ...args] }: PulledImage) {
  return { command: program === 'node' ? process.execPath : String(program), args };
}

/** The image's own environment, its paths as they are here. */
export function containerVariables({ directory, workingDirectory, environment }: PulledImage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.startsWith(`${workingDirectory}/`) ? join(directory, value.slice(workingDirectory.length)) : value,
    ]),
  );
}

function imageDirectory(paths: StatePaths, digest: string): string {
  return join(paths.images, digest.replace(':', '-'));
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => belongsToImage(relative(source, path)))
    .sort();
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (s) => s.isDirectory(),
    () => false,
  );
}
