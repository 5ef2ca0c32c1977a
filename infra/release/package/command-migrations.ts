import { SlipError } from '../../lib/errors.ts';
import type { Application } from '../app/application.ts';
import type { Migration } from './migrations.ts';
import type { TreeFile } from './source-tree.ts';

/**
 * The migrations that an application's own command carries out, sorted by name: the files of the directory that its manifest names, without
 * their extension. Throws SLIP-APP-INCOMPLETE when `contract` names one that is not there.
 */
export function commandMigrations(
  migrate: Application['migrate'],
  files: readonly Pick<TreeFile, 'path'>[],
): readonly Migration[] {
  if (migrate === null) return [];
  const below = `${migrate.files}/`;
  const names = files
    .filter(({ path }) => path.startsWith(below) && /^[^/.][^/]*\.(php|sql)$/.test(path.slice(below.length)))
    .map(({ path }) => nameOf(path.slice(below.length)))
    .toSorted();
  const contract = (migrate.contract ?? []).map(nameOf);
  const unknown = contract.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new SlipError('SLIP-APP-INCOMPLETE', {
      found: `migrate.contract names ${unknown}, and ${below} has no such file`,
      expected: 'names of migrations of the tree',
      fix: 'correct the name, or remove it when the migration is gone',
    });
  }
  return names.map((version) => ({ version, kind: contract.includes(version) ? 'contract' : 'expand' }));
}

/** Of a class with its namespace, a file, or a name. */
function nameOf(written: string): string {
  return written.replace(/^.*\\/, '').replace(/\.(php|sql)$/, '');
}
