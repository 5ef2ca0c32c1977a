import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeArchive } from '../release/package/archive.ts';
import { readMigrations } from '../release/package/migrations.ts';
import { frontControllerOf, type PackageDescription } from '../release/package/package-description.ts';
import { readTree, sortedTree } from '../release/package/tree.ts';
import { writeZip } from '../release/package/zip.ts';

const run = promisify(execFile);

export type Edit = (content: string) => string;

/** A package that lies open: `slipway/` as in the zip, the application in `app/`. */
export interface OpenPackage {
  readonly directory: string;
  readonly close: () => Promise<void>;
}

export async function unpackPackage(
  file: string,
  into?: string,
  { keepArchive = false }: { readonly keepArchive?: boolean } = {},
): Promise<OpenPackage> {
  const directory = into ?? (await mkdtemp(join(tmpdir(), 'slipway-open-package-')));
  await mkdir(directory, { recursive: true });
  await run('unzip', ['-q', file, '-d', directory]);
  const close = () => rm(directory, { recursive: true, force: true });
  if (keepArchive) return { directory, close };
  await mkdir(join(directory, 'app'));
  await run('tar', [
    '-xzf',
    join(directory, 'application.tar.gz'),
    '-C',
    join(directory, 'app'),
    '--mode=u+w',
    '--no-same-permissions',
  ]);
  await run('chmod', ['-R', 'u+w', join(directory, 'app')]);
  await rm(join(directory, 'application.tar.gz'));
  return { directory, close };
}

/**
 * Makes a package from another one by editing files of the application in it, which is faster than a build. The edit of a file that does
 * not exist gets the empty text; `slipway/app.json` is edited beside the application.
 */
export async function packageVariant(
  base: OpenPackage,
  directory: string,
  version: string,
  edits: Readonly<Record<string, Edit>>,
): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'slipway-package-variant-'));
  try {
    await run('cp', ['-a', `${base.directory}/.`, work]);
    const all: Record<string, Edit> = {
      ...edits,
      'version.json': (text) => JSON.stringify({ ...JSON.parse(edits['version.json']?.(text) ?? text), version }),
    };
    for (const [path, edit] of Object.entries(all))
      await editFile(path.startsWith('slipway/') ? join(work, path) : join(work, 'app', path), edit);
    const archive = await writeArchive(join(work, 'app'), join(work, 'application.tar.gz'));
    const described = join(work, 'slipway/app.json');
    const { schemaMin, schemaMax } = JSON.parse(
      await readFile(join(work, 'app/version.json'), 'utf8'),
    ) as PackageDescription;
    const description = JSON.parse(await readFile(described, 'utf8')) as PackageDescription;
    const frontController = await frontControllerOf(description.application, join(work, 'app'));
    const migrations = await readMigrations({ files: await readTree(join(work, 'app'), 'migrations') });
    await writeFile(
      described,
      JSON.stringify({ ...description, version, schemaMin, schemaMax, archive, migrations, frontController }),
    );
    await writeFile(join(work, 'slipway/application.sha256'), `${archive.sha256}  application.tar.gz\n`);
    const runtime = (await sortedTree(join(work, 'slipway'))).map((file) => ({
      ...file,
      path: `slipway/${file.path}`,
    }));
    const file = join(directory, `${version}.zip`);
    await writeZip(file, runtime, [{ path: 'application.tar.gz', file: join(work, 'application.tar.gz') }]);
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function editFile(path: string, edit: Edit): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '');
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${path} changes nothing`);
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, after);
}
