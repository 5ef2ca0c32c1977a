import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SIDECAR = join(import.meta.dirname, '..');
const BUNDLES = join(SIDECAR, '../.setup/sidecar');

export interface BundledSidecar {
  readonly main: string;
  readonly compileCache: string;
}

/** The sidecar as its image has it: bundled, and compiled for the given flags of Node. Made once for each content of its sources. */
export function bundledSidecar(flags: readonly string[]): BundledSidecar {
  const directory = join(BUNDLES, contentHash());
  const bundle = { main: join(directory, 'main.mjs'), compileCache: join(directory, '.compile-cache') };
  if (existsSync(bundle.main)) return bundle;
  mkdirSync(BUNDLES, { recursive: true });
  const fresh = mkdtempSync(join(BUNDLES, 'new-'));
  const made = spawnSync(process.execPath, [join(SIDECAR, 'bundle.mjs'), fresh], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the sidecar cannot be bundled: ${made.stderr}`);
  try {
    renameSync(fresh, directory);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    // Another worker of the test run may have been faster.
    if (!existsSync(bundle.main)) throw error;
    return bundle;
  }
  // A process writes what it compiled when it ends, and tests kill sidecars. Without settings one ends by itself, as at the image's build.
  for (const script of [bundle.main, join(directory, 'load-all.mjs')]) {
    spawnSync(process.execPath, [...flags, script], { env: { NODE_COMPILE_CACHE: bundle.compileCache } });
  }
  return bundle;
}

function contentHash(): string {
  const hash = createHash('sha256');
  const sources = readdirSync(join(SIDECAR, 'src'), { recursive: true, encoding: 'utf8' });
  const files = sources
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `src/${name}`);
  for (const name of [...files.toSorted(), 'bundle.mjs', 'load-all.mjs', 'package.json', '../package-lock.json']) {
    hash.update(`${name}\0`).update(readFileSync(join(SIDECAR, name)));
  }
  return hash.digest('hex').slice(0, 24);
}
