import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseObject, textOf } from '../../../lib/json.ts';
import type { Application } from '../application.ts';
import type { TreeSigns } from '../kind.ts';
import type { Manifest } from '../manifest-schema.ts';

/** Document roots that no kind has as its default. */
const OTHER_ROOTS = ['htdocs', 'public_html', 'html', 'www', 'webroot', 'docroot'];
/** Directories that frameworks without a kind of their own (CodeIgniter, CakePHP, Yii, Slim) and plain PHP write to. */
const WRITTEN = ['writable', 'var', 'storage', 'cache', 'tmp', 'logs', 'runtime'];
const UPLOADS = 'uploads';
/** A page looked at for links to other scripts is shorter than this. */
const SCRIPTS_READ = 50;
/** Marks of templates that show what a build made; without one of them, the build is not needed to serve the application. */
const BUNDLE_MARKS = /@vite\b|\bmix\(|encore_entry_|Vite::asset/;
const TEMPLATE_DIRECTORIES = ['resources/views', 'templates'];
const BUNDLES = [
  { config: 'vite.config.js', script: 'build' },
  { config: 'vite.config.ts', script: 'build' },
  { config: 'webpack.config.js', script: 'build' },
  { config: 'webpack.mix.js', script: 'production' },
];

export interface Proposal {
  /** Only what differs from the defaults of the kind; an empty one needs no file. */
  readonly manifest: Manifest;
  /** Why, one sentence for each member. */
  readonly reasons: readonly string[];
}

/** What `slipway.yaml` has to say of an application that has none, as far as its tree shows it. */
export async function proposedManifest(
  directory: string,
  application: Application,
  signs: TreeSigns,
): Promise<Proposal> {
  const first = await entrance(directory, application, signs);
  const root = first.manifest.root ?? application.root;
  const parts = [first, await written(directory, { ...application, root }), await bundle(directory, signs)];
  return {
    manifest: Object.assign({}, ...parts.map(({ manifest }) => manifest)) as Manifest,
    reasons: parts.flatMap(({ reasons }) => reasons),
  };
}

const nothing: Proposal = { manifest: {}, reasons: [] };

/** The document root and the scripts of plain PHP, where they are not where most have them. */
async function entrance(directory: string, { kind, root }: Application, { has }: TreeSigns): Promise<Proposal> {
  if (kind !== 'php') return nothing;
  const at = (folder: string, file: string): string => (folder === '.' ? file : `${folder}/${file}`);
  // An application of Composer has its code above the document root, and often an index.php there that only leads to the other.
  const candidates = root === '.' && (await has('composer.json')) ? [...OTHER_ROOTS, '.'] : [root, '.', ...OTHER_ROOTS];
  const found = await Promise.all(candidates.map((folder) => has(at(folder, 'index.php'))));
  const folder = candidates[found.indexOf(true)] ?? root;
  const rooted: Proposal =
    folder === root ? nothing : { manifest: { root: folder }, reasons: [`root: index.php lies in ${folder}`] };
  const scripts = await scriptsOf(directory, folder);
  const only = scripts.length === 1 && scripts[0] !== 'index.php' ? scripts[0] : undefined;
  if (only !== undefined)
    return {
      manifest: { ...rooted.manifest, scripts: only },
      reasons: [...rooted.reasons, `scripts: ${only} is the only one`],
    };
  const linked = await linkedScript(directory, folder, scripts);
  if (linked === undefined) return rooted;
  return {
    manifest: { ...rooted.manifest, scripts: 'all' },
    reasons: [...rooted.reasons, `scripts: ${linked}, so visitors ask for scripts by their names`],
  };
}

/** What plain PHP writes to, by the names that most use, as far as no script lies there. */
async function written(directory: string, { kind, root }: Application): Promise<Proposal> {
  if (kind !== 'php') return nothing;
  const isData = async (path: string): Promise<boolean> =>
    (await lstat(join(directory, path)).catch(() => undefined))?.isDirectory() === true &&
    (await scriptsOf(directory, path)).length === 0;
  const found = await Promise.all(WRITTEN.map(async (path) => ((await isData(path)) ? [path] : [])));
  const writable = found.flat().filter((path) => path !== root);
  const uploads = root === '.' ? UPLOADS : `${root}/${UPLOADS}`;
  const media = (await isData(uploads)) ? [{ path: uploads, url: `/${UPLOADS}`, mode: 'shared' as const }] : [];
  return {
    manifest: { ...(writable.length > 0 ? { writable } : {}), ...(media.length > 0 ? { media } : {}) },
    reasons: [
      ...(writable.length > 0
        ? [`writable: ${writable.join(', ')} holds no script, and is what applications write to`]
        : []),
      ...(media.length > 0 ? [`media: what lies in ${uploads} has to outlive a release`] : []),
    ],
  };
}

async function scriptsOf(directory: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.php'))
    .map(({ name }) => name)
    .toSorted();
}

/** That a page leads to a script other than index.php, or that there is no index.php at all; undefined when neither is so. */
async function linkedScript(
  directory: string,
  folder: string,
  scripts: readonly string[],
): Promise<string | undefined> {
  if (scripts.length > 1 && !scripts.includes('index.php')) return 'there are several and no index.php';
  const others = scripts.filter((name) => name !== 'index.php');
  if (others.length === 0) return undefined;
  for (const page of scripts.slice(0, SCRIPTS_READ)) {
    const text = await readFile(join(directory, folder, page), 'utf8').catch(() => '');
    const targets = [...text.matchAll(/(?:href|action|src)\s*=\s*["']?[./]*([\w-]+\.php)/gi)].map(([, name]) => name);
    const target = others.find((name) => targets.includes(name));
    if (target !== undefined) return `${page} links to ${target}`;
  }
  return undefined;
}

/** A bundle of scripts and styles that templates ask for. */
async function bundle(directory: string, { has, read }: TreeSigns): Promise<Proposal> {
  const scripts = parseObject(await read('package.json')).scripts;
  for (const { config, script } of BUNDLES) {
    if (textOf(scripts, script) === '' || !(await has(config)) || !(await showsBundle(directory))) continue;
    const install = (await has('package-lock.json')) ? 'npm ci' : 'npm install';
    return {
      manifest: { build: [install, `npm run ${script}`] },
      reasons: [`build: templates show what \`npm run ${script}\` makes`],
    };
  }
  return nothing;
}

async function showsBundle(directory: string): Promise<boolean> {
  for (const folder of TEMPLATE_DIRECTORIES) {
    const names = await readdir(join(directory, folder), { recursive: true }).catch(() => []);
    for (const name of names.filter((each) => /\.(php|twig)$/.test(each))) {
      if (BUNDLE_MARKS.test(await readFile(join(directory, folder, name), 'utf8').catch(() => ''))) return true;
    }
  }
  return false;
}
