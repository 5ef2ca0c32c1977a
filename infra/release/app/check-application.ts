import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { asObject, fieldOf, listOf, parseObject, textOf } from '../../lib/json.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';
import { type Application, type ComposerFile, inspectApplication } from './application.ts';
import type { Manifest } from './manifest-schema.ts';
import { networkDiskNotes } from './network-disk.ts';
import { MANIFEST_NAME } from './read-manifest.ts';

const PHP_TIMEOUT_MS = 20_000;
const NEEDS_NAMED = 5;
const migrationDirectories = ['migrations', 'database/migrations', 'db/migrations'];

export interface ApplicationCheck {
  readonly application: Application;
  /** What a release would be refused for, one sentence each with what to do. */
  readonly problems: readonly string[];
  /** What whoever releases should know. */
  readonly notes: readonly string[];
}

/**
 * Everything that is missing for a release of the application in a directory, at once and offline. `proposed` is the manifest of a directory
 * without one.
 */
export async function checkApplication(directory: string, proposed: Manifest = {}): Promise<ApplicationCheck> {
  const { application, composer, violations } = await inspectApplication(directory, proposed);
  const has = async (path: string): Promise<boolean> =>
    (await lstat(join(directory, path)).catch(() => undefined)) !== undefined;
  const [documentRoot, migrations, php, locked, lock, disk, own] = await Promise.all([
    documentRootProblems(directory, application, has),
    undeclaredMigrations(application, has),
    phpProblems(application, composer),
    composer === undefined ? [] : lockedProblems(directory, application),
    lockNotes(application, composer, has),
    networkDiskNotes(directory, application),
    has('slipway'),
  ]);
  return {
    application,
    problems: [
      ...violations.map((text) => `${MANIFEST_NAME}: ${text}`),
      ...documentRoot,
      ...migrations,
      ...(composer?.problem === undefined ? [] : [`composer.json is no JSON: ${composer.problem}`]),
      ...php,
      ...locked,
      ...(own ? ['slipway/ is the name of the runtime in every package: give the directory another name'] : []),
    ],
    notes: [...lock, ...disk],
  };
}

/** What says all of it to whoever asked. */
export function incomplete(directory: string, { kind }: Application, problems: readonly string[]): SlipError {
  return new SlipError('SLIP-APP-INCOMPLETE', {
    found: `${directory} (${kind}) lacks:\n    ${problems.join('\n    ')}`,
    expected: 'an application that can be released',
    fix: 'see docs/guides/your-app.md and docs/reference/manifest.md',
  });
}

/** A directory of migrations that nobody declared: released without them, the code would meet a schema that it does not know. */
export async function undeclaredMigrations(
  { migrate, provides }: Pick<Application, 'migrate' | 'provides'>,
  has: (path: string) => Promise<boolean>,
): Promise<string[]> {
  if (migrate !== null || provides.migrate !== undefined) return [];
  const found = await Promise.all(migrationDirectories.map(async (path) => ((await has(path)) ? [path] : [])));
  return found
    .flat()
    .map(
      (path) =>
        `${path}/ is there and nothing carries it out: declare migrate in ${MANIFEST_NAME}, or give the directory another name`,
    );
}

async function documentRootProblems(
  directory: string,
  { root, scripts }: Application,
  has: (path: string) => Promise<boolean>,
): Promise<string[]> {
  if (root !== '.' && !(await has(root)))
    return [`the document root ${root}/ is not there: name another as root in ${MANIFEST_NAME}`];
  if (scripts === 'all') return [];
  const path = root === '.' ? scripts : `${root}/${scripts}`;
  if (!(await has(path)))
    return [
      `the front controller ${path} is not there: name another as scripts in ${MANIFEST_NAME}, or \`scripts: all\``,
    ];
  const { code, stdout, stderr, missing } = await php(['-d', 'display_errors=stderr', '-l', path], directory);
  if (code === 0 || missing) return [];
  return [`${path} does not parse: ${(stderr || stdout).trim().split('\n')[0] ?? ''}`];
}

async function phpProblems(
  { php: { extensions } }: Application,
  composer: ComposerFile | undefined,
): Promise<string[]> {
  const machine = await phpOfMachine();
  if (machine === undefined) return ['php is not installed: npm start installs it'];
  const { version, loaded } = machine;
  const required = Object.keys(composer?.require ?? {}).flatMap((name) =>
    name.startsWith('ext-') ? [name.slice(4)] : [],
  );
  const absent = [...new Set([...extensions, ...required])].filter((name) => !isLoaded(name.toLowerCase(), loaded));
  const least = leastVersion(composer?.require.php ?? '');
  return [
    ...(least !== undefined && compareVersions(version, least) < 0
      ? [
          `composer.json wants PHP ${composer?.require.php}, and this machine has ${version}: build on a machine with a newer one`,
        ]
      : []),
    ...absent.map(
      (name) =>
        `the PHP extension ${name} is not here: apt-get install php-${name}, and see whether App Service’s image has it`,
    ),
  ];
}

interface PhpOfMachine {
  readonly version: string;
  /** Names of extensions, in small letters. */
  readonly loaded: readonly string[];
}

async function phpOfMachine(): Promise<PhpOfMachine | undefined> {
  const { stdout, missing } = await php(
    ['-r', 'echo PHP_VERSION, "\\n", strtolower(implode("\\n", get_loaded_extensions()));'],
    '/',
  );
  const [version = '', ...loaded] = stdout.split('\n');
  return missing ? undefined : { version, loaded };
}

/** What packages of the lock need and this machine does not have: Composer would refuse to install them. */
async function lockedProblems(directory: string, { composer: { lock } }: Application): Promise<string[]> {
  const machine = await phpOfMachine();
  const texts = await Promise.all(
    ['versions.lock', lock].map((name) => readFile(join(directory, name), 'utf8').catch(() => undefined)),
  );
  const text = texts.find((each) => each !== undefined);
  if (machine === undefined || text === undefined) return [];
  const needs = listOf(parseObject(text), 'packages').flatMap((each) => {
    const required = asObject(fieldOf(each, 'require'));
    const least = leastVersion(typeof required.php === 'string' ? required.php : '');
    const isNewer = least !== undefined && compareVersions(machine.version, least) < 0;
    const absent = Object.keys(required).filter(
      (name) => name.startsWith('ext-') && !isLoaded(name.slice(4).toLowerCase(), machine.loaded),
    );
    return [...(isNewer ? [`PHP ${least}`] : []), ...absent].map((need) => `${textOf(each, 'name')} needs ${need}`);
  });
  if (needs.length === 0) return [];
  const named = needs.slice(0, NEEDS_NAMED).join(', ');
  const more = needs.length > NEEDS_NAMED ? `, and ${needs.length - NEEDS_NAMED} more` : '';
  return [
    `the lock has packages that this machine (PHP ${machine.version}) cannot install: ${named}${more}. Install what is missing, or lock versions for this PHP`,
  ];
}

function isLoaded(name: string, loaded: readonly string[]): boolean {
  return loaded.includes(name) || (name === 'opcache' && loaded.includes('zend opcache'));
}

/** The least version that a constraint of Composer allows, as far as it names one. */
export function leastVersion(constraint: string): string | undefined {
  const named = constraint
    .split(/\s*\|\|?\s*/)
    .flatMap((part) => /(?:^|[\s,])(?:\^|~|>=|=)?\s*v?(\d+(?:\.\d+){0,2})/.exec(part)?.[1] ?? []);
  return named.toSorted(compareVersions)[0];
}

function compareVersions(a: string, b: string): number {
  const parts = (text: string): number[] => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < 3; i++) if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) - (right[i] ?? 0);
  return 0;
}

async function lockNotes(
  { composer: { lock } }: Application,
  composer: ComposerFile | undefined,
  has: (path: string) => Promise<boolean>,
): Promise<string[]> {
  if (composer === undefined || (await has('versions.lock')) || (await has(lock))) return [];
  return [
    `${lock} is not there: each build takes the newest packages that fit. Commit it, so that the same source gives the same package`,
  ];
}

function php(args: readonly string[], directory: string) {
  return runProgram({
    program: 'php',
    args,
    cwd: directory,
    environment: cleanEnvironment(process.env, {}),
    timeoutMs: PHP_TIMEOUT_MS,
  });
}
