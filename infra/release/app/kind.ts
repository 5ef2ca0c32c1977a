import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kind } from './manifest-schema.ts';

/** What a tree shows of itself. Paths of `has` are relative, with `/`. */
export interface TreeSigns {
  readonly has: (path: string) => Promise<boolean>;
  /** The content of a file; empty when there is none. */
  readonly read: (path: string) => Promise<string>;
  /** Names of the packages that composer.json requires. */
  readonly required: ReadonlySet<string>;
}

/** The first kind whose sign the tree has; plain PHP without any. */
export async function detectKind({ has, required }: Omit<TreeSigns, 'read'>): Promise<Kind> {
  if (await has('artisan')) return 'laravel';
  if ((await has('bin/console')) && required.has('symfony/framework-bundle')) return 'symfony';
  if ((await has('wp-load.php')) || (await has('web/wp'))) return 'wordpress';
  return 'php';
}

export function signsOf(directory: string, required: ReadonlySet<string>): TreeSigns {
  return {
    required,
    read: (path) => readFile(join(directory, path), 'utf8').catch(() => ''),
    has: async (path) => (await stat(join(directory, path)).catch(() => undefined)) !== undefined,
  };
}
