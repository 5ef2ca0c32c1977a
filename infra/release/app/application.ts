import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { detectKind, signsOf, type TreeSigns } from './kind.ts';
import { kindDefaults } from './kind-defaults.ts';
import type { Kind, Manifest } from './manifest-schema.ts';
import { MANIFEST_NAME, readManifest } from './read-manifest.ts';

type Whole<T> = {
  readonly [K in keyof T]-?: NonNullable<T[K]> extends readonly unknown[] ? NonNullable<T[K]> : NonNullable<T[K]>;
};

/** An application as slipway runs it: `slipway.yaml` over the defaults of its kind, nothing left unsaid. */
export interface Application extends Omit<Whole<Manifest>, 'migrate' | 'php' | 'health' | 'composer' | 'kind'> {
  readonly kind: Kind;
  readonly php: Whole<Omit<NonNullable<Manifest['php']>, 'preload'>> & Pick<NonNullable<Manifest['php']>, 'preload'>;
  readonly composer: Whole<NonNullable<Manifest['composer']>>;
  readonly health: { readonly live: string | null; readonly deep: string | null };
  readonly migrate: NonNullable<Manifest['migrate']> | null;
}

export interface ComposerFile {
  /** Requirements by package name. */
  readonly require: Readonly<Record<string, string>>;
  /** Why it cannot be read; undefined when it can. */
  readonly problem?: string;
}

export interface ReadApplication {
  readonly application: Application;
  readonly composer: ComposerFile | undefined;
  readonly signs: TreeSigns;
  /** Whether the directory has a manifest. */
  readonly hasManifest: boolean;
  /** What is wrong with the manifest, one sentence each. */
  readonly violations: readonly string[];
}

/** The application in a directory. Throws SLIP-APP-DIRECTORY for no directory and SLIP-APP-MANIFEST with every violation of its manifest. */
export async function readApplication(directory: string): Promise<Application> {
  const { application, violations } = await inspectApplication(directory);
  if (violations.length > 0) throw invalidManifest(directory, violations);
  return application;
}

/** As `readApplication`, with the violations as data. `proposed` is the manifest of a directory without one. */
export async function inspectApplication(directory: string, proposed: Manifest = {}): Promise<ReadApplication> {
  const info = await lstat(directory).catch(() => undefined);
  if (info?.isDirectory() !== true) {
    throw new SlipError('SLIP-APP-DIRECTORY', {
      found: `${directory} is not a directory`,
      expected: 'the directory of a PHP application',
      fix: 'give its path',
    });
  }
  const composer = await readComposerFile(directory);
  const signs = signsOf(directory, new Set(Object.keys(composer?.require ?? {})));
  const read = await readManifest(directory);
  const { violations } = read;
  const manifest = read.found ? read.manifest : proposed;
  const application = await applicationOf(manifest, signs);
  const found =
    violations.length > 0 ? violations : [...contradictions(application), ...(await links(directory, application))];
  return { application, composer, signs, hasManifest: read.found, violations: found };
}

export async function applicationOf(manifest: Manifest, signs: TreeSigns): Promise<Application> {
  const kind = manifest.kind ?? (await detectKind(signs));
  const defaults = await kindDefaults(kind, signs);
  return {
    ...defaults,
    ...manifest,
    kind,
    composer: { ...defaults.composer, ...manifest.composer },
    php: { ...defaults.php, ...manifest.php },
    health: { ...defaults.health, ...manifest.health },
    env: { ...defaults.env, ...manifest.env },
  } as Application;
}

export function invalidManifest(directory: string, violations: readonly string[]): SlipError {
  return new SlipError('SLIP-APP-MANIFEST', {
    found: `${join(directory, MANIFEST_NAME)} has ${violations.length === 1 ? 'a mistake' : `${violations.length} mistakes`}:\n    ${violations.join('\n    ')}`,
    expected: 'what docs/reference/manifest.md says',
    fix: 'correct the file; ./slipway app check shows what is still missing',
  });
}

/** What the members of a manifest say of each other. */
function contradictions({ media, writable, env, secrets, php, root, scripts }: Application): string[] {
  const found: string[] = [];
  for (const [index, { path, url }] of media.entries()) {
    for (const other of media.slice(0, index)) {
      if (isBelow(path, other.path) || isBelow(other.path, path))
        found.push(`media: ${path} and ${other.path} overlap`);
      if (isBelow(url, other.url) || isBelow(other.url, url)) found.push(`media: ${url} and ${other.url} overlap`);
    }
    if (url === '/' || isBelow(url, '/_slipway')) found.push(`media: ${url} cannot be a URL of media`);
  }
  for (const path of writable) {
    if (root !== '.' && isBelow(root, path)) found.push(`writable: ${path} holds the document root`);
    if (scripts !== 'all' && isBelow(`${root}/${scripts}`, path))
      found.push(`writable: ${path} holds the script that runs`);
  }
  for (const name of secrets) if (name in env) found.push(`${name} is in env and in secrets`);
  for (const extension of php.extensions) {
    if (extension !== extension.toLowerCase()) found.push(`php.extensions: ${extension} is written in small letters`);
  }
  return found;
}

/** Paths that the runtime gives rights to are directories of the application itself: a link would lead them elsewhere. */
async function links(directory: string, { root, writable, media }: Application): Promise<string[]> {
  const named = [
    ['root', root] as const,
    ...writable.map((path) => ['writable', path] as const),
    ...media.map(({ path }) => ['media', path] as const),
  ];
  const found = await Promise.all(
    named.map(async ([key, path]) =>
      (await leadsThroughLink(directory, path)) ? [`${key}: ${path} is or lies below a symbolic link`] : [],
    ),
  );
  return found.flat();
}

async function leadsThroughLink(directory: string, path: string): Promise<boolean> {
  let place = directory;
  for (const segment of path.split('/')) {
    place = join(place, segment);
    const info = await lstat(place).catch(() => undefined);
    if (info === undefined) return false;
    if (info.isSymbolicLink()) return true;
  }
  return false;
}

function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(above.endsWith('/') ? above : `${above}/`);
}

async function readComposerFile(directory: string): Promise<ComposerFile | undefined> {
  const text = await readFile(join(directory, 'composer.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { require = {} } = JSON.parse(text) as { require?: Record<string, string> };
    return { require };
  } catch (error) {
    return { require: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}
