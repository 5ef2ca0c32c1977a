import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { type Application, readApplication } from '../app/application.ts';
import { undeclaredMigrations } from '../app/check-application.ts';
import { mediaPaths, sharedPaths } from '../app/shared-media.ts';
import { stampFiles, writeArchive } from './archive.ts';
import { runBuildCommands } from './build-commands.ts';
import { commandMigrations } from './command-migrations.ts';
import { type Migration, readMigrations, schemaRange } from './migrations.ts';
import { frontControllerOf, type PackageDescription, packageDescription } from './package-description.ts';
import { isMigrationPath, ReadLimits } from './read-limits.ts';
import { readRuntime } from './runtime-files.ts';
import { digestOf, readSourceTree, type SourceTree, type TreeFile } from './source-tree.ts';
import { readTree, writeTree } from './tree.ts';
import { installVendor, placeVendor, readVendorSource, type VendorSource, vendorKey } from './vendor.ts';
import { warmCache } from './warm-cache.ts';
import { writeZip } from './zip.ts';

/** Raise when the same tree gives other bytes than before: older cached packages are then not used. */
const PACKAGE_FORMAT = 5;
const VERSION_LENGTH = 12;

export interface PackageRequest {
  /** Directory of the application; never written to. */
  readonly source: string;
  /** Where the zip goes, as `<version>.zip`. */
  readonly outDir: string;
  /** Installed vendors and built packages; may be removed at any time. */
  readonly cacheDir: string;
  readonly onProgress?: (message: string) => void;
}

export interface BuiltPackage {
  /** Absolute path of the zip. */
  readonly file: string;
  /** First 12 hexadecimal digits of the hash of tree, vendor, manifest and runtime: the same content has the same version. */
  readonly version: string;
  readonly schemaMin: string;
  readonly schemaMax: string;
  /** Of the zip. */
  readonly sha256: string;
  readonly bytes: number;
  /** Files of the tree in shared media, which the package does not hold. */
  readonly firstFiles: readonly string[];
  /** What whoever releases should know of it, one sentence each. */
  readonly notices: readonly string[];
}

type PackageFacts = Omit<BuiltPackage, 'file' | 'firstFiles' | 'notices'>;

interface Ingredients {
  readonly request: PackageRequest;
  readonly application: Application;
  readonly tree: SourceTree;
  readonly vendor: VendorSource | undefined;
  readonly runtime: readonly TreeFile[];
}

/**
 * The package of an application: slipway's runtime as `slipway/`, and beside it the application as one archive: its tree, `vendor` for
 * production and what its build commands make. Its bytes depend on nothing but the tree, its pinned versions and the runtime, as far as the
 * build commands are deterministic. An unchanged tree is answered from the cache.
 */
export async function buildPackage(request: PackageRequest): Promise<BuiltPackage> {
  const application = await readApplication(request.source);
  await requireDeclaredMigrations(request.source, application);
  const vendor = await readVendorSource(request.source, application.composer);
  const tree = await readSourceTree({
    source: request.source,
    include: application.include,
    without: vendor === undefined ? [] : ['vendor'],
    apart: mediaPaths(application),
  });
  const ingredients = { request, application, tree, vendor, runtime: await readRuntime() };
  const cached = join(request.cacheDir, 'packages', packageKey(ingredients));
  const facts = (await readFacts(cached)) ?? (await build(ingredients, cached));
  await mkdir(request.outDir, { recursive: true, mode: 0o700 });
  const file = join(request.outDir, `${facts.version}.zip`);
  await placeCopy(join(cached, 'package.zip'), file);
  const unpinned =
    vendor !== undefined && vendor.lock === undefined
      ? [
          `${application.composer.lock} is not there: the newest packages that fit were taken, and the next build may take others`,
        ]
      : [];
  const isShared = (path: string) => sharedPaths(application).some((each) => path.startsWith(`${each}/`));
  const firstFiles = tree.apart.filter(isShared);
  const staying = tree.apart.length - firstFiles.length;
  const imported =
    staying > 0 ? [`${staying} files of media with mode outbox stay here: ./slipway media import carries them`] : [];
  return { file, ...facts, firstFiles, notices: [...tree.leftOut, ...unpinned, ...imported] };
}

async function build(ingredients: Ingredients, cached: string): Promise<PackageFacts> {
  const { tree } = ingredients;
  // Those with attributes are of an application that carries them out itself.
  const isOwn = ingredients.application.provides.migrate !== undefined;
  const migrationFiles = isOwn ? tree.files.filter(({ path }) => isMigrationPath(path)) : [];
  requireReadable(ingredients.request.source, migrationFiles);
  const migrations = isOwn
    ? await readMigrations({ files: migrationFiles })
    : commandMigrations(ingredients.application.migrate, tree.files);
  await mkdir(dirname(cached), { recursive: true, mode: 0o700 });
  const buildDir = await mkdtemp(`${cached}.`);
  try {
    const directory = join(buildDir, 'tree');
    await completeTree(ingredients, directory);
    const facts = await pack(ingredients, migrations, directory, buildDir);
    await rm(directory, { recursive: true, force: true });
    await rm(join(buildDir, 'application.tar.gz'), { force: true });
    await writeFile(join(buildDir, 'package.json'), `${JSON.stringify(facts, null, 2)}\n`);
    await rename(buildDir, cached).catch(async (error: unknown) => {
      if ((await readFacts(cached)) === undefined) throw error;
    });
    return facts;
  } finally {
    await rm(buildDir, { recursive: true, force: true });
  }
}

async function requireDeclaredMigrations(source: string, application: Application): Promise<void> {
  const exists = async (path: string) => (await stat(join(source, path)).catch(() => undefined)) !== undefined;
  const [found] = await undeclaredMigrations(application, exists);
  if (found === undefined) return;
  throw new SlipError('SLIP-APP-INCOMPLETE', {
    found: `${source}: ${found}`,
    expected: 'migrations that a release knows of, or none',
    fix: './slipway app check lists everything that is missing',
  });
}

function requireReadable(source: string, files: readonly TreeFile[]): void {
  const limits = new ReadLimits();
  for (const { path, content } of files) {
    const found = limits.excess(path, content.length);
    if (found === undefined) continue;
    throw new SlipError('SLIP-RELEASE-SOURCE', {
      found: `${source}: ${found}`,
      expected: 'the source of a web application',
      fix: 'fold old migrations into one, and remove what is no migration',
    });
  }
}

/** A copy of the tree with everything it runs with, but its version. */
async function completeTree({ request, application, tree, vendor }: Ingredients, directory: string): Promise<void> {
  await writeTree(directory, tree.files, tree.emptyDirectories);
  if (vendor !== undefined) {
    request.onProgress?.('installing the pinned packages');
    const installed = await installVendor(vendor, request.cacheDir, request.onProgress);
    request.onProgress?.('writing the class map');
    await placeVendor(installed, directory, vendor, request.onProgress);
  }
  await replaceEnvironmentFile(application, directory);
  await runBuildCommands(application, directory, request.onProgress);
  // What built it, not what runs; `include` would have brought those of the tree.
  if (application.build.length > 0 && !tree.files.some(({ path }) => path.startsWith('node_modules/')))
    await rm(join(directory, 'node_modules'), { recursive: true, force: true });
}

/**
 * Symfony's front controller reads `.env`, which no package holds, and ends without it. This file, which `composer dump-env` makes in the same
 * place, stands for it: the settings are the environment's.
 */
async function replaceEnvironmentFile({ kind }: Application, directory: string): Promise<void> {
  const usesIt = await stat(join(directory, 'vendor/symfony/dotenv')).catch(() => undefined);
  if (kind !== 'symfony' || usesIt === undefined) return;
  await writeTree(directory, [
    { path: '.env.local.php', content: Buffer.from('<?php return [];\n'), executable: false },
  ]);
}

async function pack(
  { request, application, tree, runtime }: Ingredients,
  migrations: readonly Migration[],
  directory: string,
  buildDir: string,
): Promise<PackageFacts> {
  const range = schemaRange(migrations);
  const described = JSON.stringify(application);
  // What a script or a build command compiled on the way; it is compiled anew below.
  if (application.kind === 'symfony') await rm(join(directory, 'var/cache'), { recursive: true, force: true });
  const built = await readTree(directory, '');
  const version = createHash('sha256')
    .update(digestOf(built, tree.emptyDirectories))
    .update(digestOf(runtime))
    .update(described)
    .digest('hex')
    .slice(0, VERSION_LENGTH);
  if (application.provides.version !== undefined) await writeTree(directory, [versionFile({ version, ...range })]);
  if (application.kind === 'symfony') {
    request.onProgress?.('warming the cache');
    await warmCache(directory, application.env);
  }
  request.onProgress?.('packing');
  await stampFiles(directory, built);
  const archive = await writeArchive(directory, join(buildDir, 'application.tar.gz'));
  const description = packageDescription({
    version,
    ...range,
    archive,
    application,
    migrations,
    frontController: await frontControllerOf(application, directory),
  });
  const zip = await writeZip(join(buildDir, 'package.zip'), sorted([...runtime, ...descriptionFiles(description)]), [
    { path: 'application.tar.gz', file: join(buildDir, 'application.tar.gz') },
  ]);
  return { version, ...range, ...zip };
}

/** For an application that answers its version itself. */
function versionFile(content: { version: string; schemaMin: string; schemaMax: string }): TreeFile {
  return { path: 'version.json', content: Buffer.from(`${JSON.stringify(content)}\n`), executable: false };
}

function descriptionFiles(description: PackageDescription): TreeFile[] {
  const text = (path: string, content: string): TreeFile => ({
    path,
    content: Buffer.from(content),
    executable: false,
  });
  return [
    text('slipway/app.json', `${JSON.stringify(description, null, 2)}\n`),
    text('slipway/application.sha256', `${description.archive.sha256}  application.tar.gz\n`),
  ];
}

function sorted(files: readonly TreeFile[]): TreeFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function packageKey({ application, tree, vendor, runtime }: Ingredients): string {
  const parts = [
    PACKAGE_FORMAT,
    tree.digest,
    vendor === undefined ? '' : vendorKey(vendor),
    JSON.stringify(application),
    digestOf(runtime),
  ];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);
}

/** What the cache says of a package, or undefined when it has none or its zip is not whole. */
async function readFacts(cached: string): Promise<PackageFacts | undefined> {
  try {
    const facts = JSON.parse(await readFile(join(cached, 'package.json'), 'utf8')) as PackageFacts;
    const { size } = await stat(join(cached, 'package.zip'));
    return size === facts.bytes ? facts : undefined;
  } catch {
    return undefined;
  }
}

/** A hard link where the file system allows one: packages are never written to once they are there. */
async function placeCopy(from: string, to: string): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await link(from, temporary).catch(() => copyFile(from, temporary));
  await rename(temporary, to);
  await rm(temporary, { force: true });
}
