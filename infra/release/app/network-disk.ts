import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Application } from './application.ts';
import { sharedPaths } from './shared-media.ts';

/** Where frameworks keep what needs locks, or a file that is replaced while it is open. */
const KEPT_IN_FILES = [
  ['storage/framework', 'caches, sessions and compiled views'],
  ['storage/logs', 'logs'],
  ['bootstrap/cache', 'the compiled configuration'],
  ['var/cache', 'the cache'],
  ['var/sessions', 'sessions'],
  ['wp-content/cache', 'the cache'],
] as const;
const DATABASE_FILE = /\.(?:sqlite3?|db)$/i;
/** Looks at no more: a directory of media may hold millions. */
const ENTRIES_LOOKED_AT = 10_000;

/** What lies on the share of media and cannot work on a network disk, one sentence each. */
export async function networkDiskNotes(directory: string, application: Application): Promise<string[]> {
  const found = await Promise.all(sharedPaths(application).map((path) => notesOf(directory, path, application)));
  return found.flat();
}

async function notesOf(directory: string, path: string, { env }: Application): Promise<string[]> {
  const isBelow = (each: string): boolean => each === path || each.startsWith(`${path}/`);
  const kept = KEPT_IN_FILES.filter(([each]) => isBelow(each)).map(
    ([each, what]) =>
      `media: ${path} is shared, and ${each} below it keeps ${what} in files: a network disk has no locks, so name a directory beside it`,
  );
  const databases = (await filesBelow(join(directory, path)))
    .filter((name) => DATABASE_FILE.test(name))
    .map((name) => `media: ${path}/${name} looks like a database of SQLite, which breaks on a network disk`);
  const settings = Object.entries(env)
    .filter(([, value]) => value.includes(`${path}/`))
    .map(([name]) => `env: ${name} leads into ${path}, a network disk: no cache, session or SQLite may lie there`);
  return [...kept, ...databases, ...settings];
}

async function filesBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  const waiting = [''];
  for (let looked = 0; waiting.length > 0 && looked < ENTRIES_LOOKED_AT; ) {
    const below = waiting.pop() ?? '';
    for (const entry of await readdir(join(root, below), { withFileTypes: true }).catch(() => [])) {
      looked += 1;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(name);
      else found.push(name);
    }
  }
  return found;
}
