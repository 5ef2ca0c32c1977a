import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** As in the image, sidecars start with modules that are compiled already. */
export const COMPILE_CACHE = join(import.meta.dirname, '../../.setup/compiled-sidecar');

/** A process writes what it compiled when it ends, and tests kill sidecars. Without settings one ends by itself, as at the image's build. */
export function fillCompileCache(command: readonly string[]): void {
  const [program = '', ...args] = command;
  if (!existsSync(COMPILE_CACHE)) spawnSync(program, args, { env: { NODE_COMPILE_CACHE: COMPILE_CACHE } });
}
