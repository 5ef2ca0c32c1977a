import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './error.mjs';
import { launch } from './launch.mjs';
import { prepare } from './prepare.mjs';
import { Interrupted } from './step.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param {string[]} args command and its arguments */
export async function main(args) {
  try {
    const { platform, installed } = await prepare(ROOT, args);
    await launch({ root: ROOT, nodePackage: platform.nodePackage, fresh: installed, args });
  } catch (error) {
    if (error instanceof Interrupted) return;
    if (!(error instanceof SetupError)) throw error;
    if (args.includes('--json')) console.log(JSON.stringify(error));
    console.error(error.toText());
    process.exitCode = 1;
  }
}
