import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './error.mjs';
import { acquireLock } from './lock.mjs';
import { aptPart, composerPart, npmPart } from './parts.mjs';
import { detectPlatform } from './platform.mjs';
import { Progress } from './progress.mjs';
import { Installer, Interrupted } from './step.mjs';

/** Commands that only ask or look: they start no server and build no package, so npm packages are all they need. */
const LIGHT_COMMANDS = new Set([
  '',
  'bootstrap',
  'diagram',
  'doctor',
  'history',
  'image',
  'logs',
  'media',
  'promote',
  'reset',
  'resources',
  'rollback',
  'status',
  'stop',
]);
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Installs what the command needs and the machine lacks. Takes milliseconds when nothing is missing.
 *
 * @param {string} root the checkout
 * @param {string[]} args command and its arguments
 * @returns {Promise<{ platform: import('./platform.mjs').Platform, installed: boolean }>}
 */
export async function prepare(root, args) {
  const platform = detectPlatform();
  const notes = join(root, '.setup');
  const parts = partsFor(args, { root, notes, platform });
  if (parts.every((part) => part.missing() === undefined)) return { platform, installed: false };

  const release = await acquireLock(join(notes, 'lock'), {
    onWait: ({ pid, since }) =>
      console.error(`Another set-up of this checkout is running (process ${pid}, since ${since}): waiting for it.`),
  });
  try {
    const lacking = parts.filter((part) => part.missing() !== undefined);
    if (lacking.length > 0) await install(lacking, root, notes);
    return { platform, installed: lacking.length > 0 };
  } finally {
    release();
  }
}

/**
 * @param {string[]} args
 * @param {import('./parts.mjs').Place} place
 */
export function partsFor(args, place) {
  const command = args[0]?.startsWith('-') ? '' : (args[0] ?? '');
  const light = LIGHT_COMMANDS.has(command) || args.includes('--help') || args.includes('-h');
  if (light) return [npmPart(place)];
  return [aptPart(place, command), npmPart(place), composerPart(place)];
}

/**
 * @param {import('./parts.mjs').Part[]} parts
 * @param {string} root
 * @param {string} notes
 */
async function install(parts, root, notes) {
  console.error('This machine lacks');
  for (const part of parts) console.error(`  ${part.name.padEnd(8)}  ${part.missing()}`);
  requireSpace(parts);
  console.error(`Installing it; everything the installers say is in ${join(notes, '*.log')}`);

  const progress = new Progress();
  const installer = new Installer();
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    progress.line(`${signal}: stopping`);
    process.exitCode = signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 129;
    installer.interrupt();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    await runAll(parts, { root, notes, installer, progress });
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    progress.stop();
  }
}

/**
 * npm beside apt; Composer, which comes from apt, after it. One part's failure lets the others finish: their work is kept.
 *
 * @param {import('./parts.mjs').Part[]} parts
 * @param {{ root: string, notes: string, installer: Installer, progress: Progress }} tools
 */
async function runAll(parts, { root, notes, installer, progress }) {
  const one = async (/** @type {import('./parts.mjs').Part} */ part) => {
    const log = join(notes, `${part.name.toLowerCase()}.log`);
    const began = Date.now();
    progress.update(part.name, 'starting');
    try {
      await part.install(
        (command, options) => installer.run({ part: part.name, command, cwd: root, log, ...options }),
        (text) => progress.update(part.name, text),
      );
    } catch (error) {
      progress.finish(part.name, error instanceof SetupError ? `failed, ${error.code}` : 'stopped');
      throw error;
    }
    progress.finish(part.name, `installed in ${Math.round((Date.now() - began) / 1000)} s`);
  };
  const byName = new Map(parts.map((part) => [part.name, part]));
  const step = (/** @type {'apt' | 'npm' | 'Composer'} */ name) => {
    const part = byName.get(name);
    return part === undefined ? Promise.resolve() : one(part);
  };
  const results = await Promise.allSettled([step('npm'), step('apt').then(() => step('Composer'))]);
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const interrupted = failures.find((failure) => failure instanceof Interrupted);
  if (interrupted) throw interrupted;
  for (const failure of failures.slice(0, -1))
    console.error(failure instanceof SetupError ? failure.toText() : failure);
  if (failures.length > 0) throw failures.at(-1);
}

/** @param {import('./parts.mjs').Part[]} parts */
function requireSpace(parts) {
  /** @type {Map<number, { path: string, megabytes: number }>} */
  const disks = new Map();
  for (const { on, megabytes } of parts) {
    const disk = statSync(on).dev;
    disks.set(disk, { path: on, megabytes: (disks.get(disk)?.megabytes ?? 0) + megabytes });
  }
  for (const { path, megabytes } of disks.values()) {
    const { bavail, bsize } = statfsSync(path);
    const free = Math.floor((bavail * bsize) / 1e6);
    if (free < megabytes) {
      throw new SetupError('SLIP-SETUP-SPACE', {
        found: `${free} MB are free on the disk of ${path}`,
        expected: `${megabytes} MB for what is missing`,
        fix: 'make room, then repeat the command',
      });
    }
  }
}
