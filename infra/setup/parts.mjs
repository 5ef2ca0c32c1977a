import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptFingerprint, missingHere, neededPackages } from './apt.mjs';
import { composerFingerprint, composerState } from './composer.mjs';
import { SetupError } from './error.mjs';
import { npmCount, npmState } from './npm.mjs';

const INSTALL_PACKAGES = fileURLToPath(new URL('install-packages.sh', import.meta.url));

/**
 * @typedef {object} Part one kind of dependency
 * @property {'apt' | 'npm' | 'Composer'} name
 * @property {number} megabytes about what it takes on the disk
 * @property {string} on a path on that disk
 * @property {() => string | undefined} missing what is missing, in words; undefined when nothing is. Takes milliseconds
 * @property {(run: Run, onProgress: (text: string) => void) => Promise<void>} install
 *
 * @typedef {(command: string[], options: { label: string, cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }) => Promise<void>} Run
 *
 * @typedef {object} Place
 * @property {string} root the checkout
 * @property {string} notes folder for logs and for notes of what is done
 * @property {import('./platform.mjs').Platform} platform
 */

/**
 * @param {Place} place
 * @param {string} [command] of slipway
 * @returns {Part}
 */
export function aptPart({ root, notes, platform }, command = '') {
  const needed = neededPackages(platform.php, command);
  const note = join(notes, 'apt.json');
  return {
    name: 'apt',
    megabytes: 700,
    on: '/usr',
    missing: () => {
      const seen = JSON.stringify({ needed, dpkg: aptFingerprint() });
      if (readNote(note) === seen) return undefined;
      const missing = missingHere(needed);
      if (missing.length > 0) return `${missing.length} packages: ${missing.join(' ')}`;
      writeNote(note, seen);
      return undefined;
    },
    install: async (run, onProgress) => {
      const command = ['sh', INSTALL_PACKAGES, ...missingHere(needed)];
      await run(process.getuid?.() === 0 ? command : withSudo(command), {
        label: 'apt-get install',
        cwd: root,
        onLine: (line) => describeApt(line, onProgress),
      });
    },
  };
}

/** @param {Place} place @returns {Part} */
export function npmPart({ root, notes, platform }) {
  const unfinished = join(notes, 'npm.unfinished');
  const nodePackage = join('node_modules', platform.nodePackage);
  const state = () => {
    if (existsSync(unfinished)) return 'absent';
    const found = npmState(root);
    return found === 'complete' && !existsSync(join(root, nodePackage, 'bin/node')) ? 'differs' : found;
  };
  return {
    name: 'npm',
    megabytes: 1200,
    on: root,
    missing: () => {
      const found = state();
      if (found === 'complete') return undefined;
      return found === 'absent'
        ? 'node_modules (about 0.9 GB, Node 24 among it)'
        : 'node_modules differs from package-lock.json';
    },
    install: async (run, onProgress) => {
      const found = state();
      const total = npmCount(root);
      const flags = [
        '--ignore-scripts',
        '--include=dev',
        '--include=optional',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=http',
      ];
      let fetched = 0;
      const npm = (/** @type {string[]} */ ...args) =>
        run([...npmCommand(), ...args, ...flags], {
          label: `npm ${args[0]}`,
          cwd: root,
          onLine: (line) => {
            if (/^npm http (fetch GET 200|cache) .*\.tgz/.test(line))
              onProgress(`${Math.min(++fetched, total)} of ${total} packages fetched`);
            else if (fetched === 0 && line.startsWith('npm http')) onProgress('asking the registry');
          },
        });
      writeNote(unfinished, new Date().toISOString());
      if (found === 'differs') {
        await npm('install', '--no-save');
        if (npmState(root) === 'complete' && existsSync(join(root, nodePackage, 'bin/node'))) return rmSync(unfinished);
      }
      await npm('ci');
      rmSync(unfinished);
      if (!existsSync(join(root, nodePackage, 'bin/node'))) {
        throw new SetupError('SLIP-SETUP-NODE24', {
          found: `npm installed no ${nodePackage}`,
          expected: 'Node 24 from the npm registry, as an optional dependency',
          fix: `look whether your registry has it: npm view ${platform.nodePackage}`,
        });
      }
    },
  };
}

/**
 * The folders with Composer packages of their own: the web application, and the judge of migrations, which no application
 * may bring along. Each has its notes below a name.
 */
const COMPOSER_FOLDERS = [
  { folder: 'webapplication', name: 'composer' },
  { folder: 'infra/release/judge', name: 'composer-judge' },
];

/** @param {Place} place @returns {Part} */
export function composerPart({ root, notes }) {
  const places = COMPOSER_FOLDERS.map(({ folder, name }) => composerFolder(root, folder, join(notes, name)));
  return {
    name: 'Composer',
    megabytes: 170,
    on: root,
    missing: () => {
      const missing = places.flatMap((place) => place.missing() ?? []);
      return missing.length === 0 ? undefined : missing.join(', ');
    },
    install: async (run, onProgress) => {
      for (const place of places) if (place.missing() !== undefined) await place.install(run, onProgress);
    },
  };
}

/** @param {string} root @param {string} folder @param {string} notes @returns {Pick<Part, 'missing' | 'install'>} */
function composerFolder(root, folder, notes) {
  const directory = join(root, folder);
  const unfinished = `${notes}.unfinished`;
  const note = `${notes}.json`;
  return {
    missing: () => {
      if (!existsSync(join(directory, 'composer.json'))) return undefined;
      const found = existsSync(unfinished) ? 'absent' : composerState(directory);
      if (found === 'complete')
        return readNote(note) === composerFingerprint(directory)
          ? undefined
          : `the autoloader of ${folder} is older than its composer.json`;
      return found === 'absent' ? `${folder}/vendor` : `${folder}/vendor differs from versions.lock`;
    },
    install: async (run, onProgress) => {
      const composer = (/** @type {string[]} */ ...args) =>
        run(['composer', ...args, '--no-interaction', '--no-ansi', '--no-progress'], {
          label: `composer ${args[0]}`,
          cwd: directory,
          env: { COMPOSER_ALLOW_SUPERUSER: '1' },
          onLine: (line) => {
            const name = /- (?:Downloading|Installing|Updating) (\S+)/.exec(line)?.[1];
            if (name) onProgress(name);
          },
        });
      if (existsSync(unfinished)) rmSync(join(directory, 'vendor'), { recursive: true, force: true });
      writeNote(unfinished, new Date().toISOString());
      const pinned = join(directory, 'versions.lock');
      if (existsSync(pinned)) {
        copyFileSync(pinned, join(directory, 'composer.lock'));
        await composer('update', '--lock', '--no-install', '--no-audit');
      }
      await composer('install', '--prefer-dist');
      rmSync(unfinished);
      writeNote(note, composerFingerprint(directory));
    },
  };
}

/** @param {string[]} command */
function withSudo(command) {
  const allowed = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (allowed) return ['sudo', '-n', ...command];
  throw new SetupError('SLIP-SETUP-SUDO', {
    found: 'packages are missing, and sudo is not there or wants a password',
    expected: 'root, or sudo without a password',
    fix: `run this once, then repeat the command:\n    sudo ${command.join(' ')}`,
  });
}

function npmCommand() {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js') && existsSync(cli) ? ['node', cli] : ['npm'];
}

/** @param {string} line @param {(text: string) => void} onProgress */
function describeApt(line, onProgress) {
  const step = /^(Get:\d+|Unpacking|Setting up) (.*)/.exec(line);
  if (!step?.[1] || !step[2]) return;
  const name = step[1].startsWith('Get:') ? step[2].split(' ')[3] : step[2].split(' ')[0];
  onProgress(`${step[1].startsWith('Get:') ? 'downloading' : step[1].toLowerCase()} ${name ?? ''}`);
}

/** @param {string} file */
function readNote(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** @param {string} file @param {string} text */
function writeNote(file, text) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}
