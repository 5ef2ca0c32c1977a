import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { StatePaths } from '../state/paths.ts';
import { type ImageRecipe, imageRecipe } from './dockerfile.ts';

const repositoryRoot = join(import.meta.dirname, '../../..');
const source = join(repositoryRoot, 'sidecar');

/** Whether the image is made from the file: tests and development files stay out. */
function belongsToImage(path: string): boolean {
  return !path.endsWith('.test.ts') && !path.split('/').some((part) => part === 'node_modules' || part === 'testbed');
}

/**
 * Builds the sidecar's image: the bundle of `sidecar/` and its Dockerfile, addressed by the content of what it is made from as
 * a registry addresses an image by its digest. Resolves with the digest, `sha256:<hex>`. The same content is built once.
 */
export async function buildSidecarImage(paths: StatePaths): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesBelow(source)) {
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
  await node([join(source, 'bundle.mjs'), fresh]);
  await cp(join(source, 'Dockerfile'), join(fresh, 'Dockerfile'));
  // Another command may have built the same image meanwhile.
  await rename(fresh, target).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    if (!(await isDirectory(target))) throw error;
  });
  await compile(target);
  return digest;
}

/** Fills the image's compile cache as its Dockerfile does. Here, since the cache knows modules by their path. */
async function compile(directory: string): Promise<void> {
  const image = await readImage(directory);
  const flags = containerCommand(image).args.slice(0, -1);
  const env = containerVariables(image);
  // Without settings the sidecar ends with a code of its own.
  await Promise.all(
    ['main.mjs', 'load-all.mjs'].map((script) => node([...flags, join(directory, script)], env).catch(() => undefined)),
  );
}

async function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  await promisify(execFile)(process.execPath, args, { env });
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
  return readImage(directory);
}

async function readImage(directory: string): Promise<PulledImage> {
  return { directory, ...imageRecipe(await readFile(join(directory, 'Dockerfile'), 'utf8')) };
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
