import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';
import type { SourceTree } from './source-tree.ts';

const reader = join(import.meta.dirname, 'read-migrations.php');
const READ_TIMEOUT_MS = 20_000;
/** PHP gets their names as arguments, and answers with a line for each. */
const FILES_PER_PROCESS = 200;
const FILE_NAME = /^migrations\/Version(\d{14})\.php$/;

export interface Migration {
  /** The 14 digits of its class name. */
  readonly version: string;
  readonly kind: 'expand' | 'contract';
}

export interface SchemaRange {
  /** Newest expand migration of the tree: the code needs every one of them. `0` when there is none. */
  readonly schemaMin: string;
  /** Newest migration of the tree: the code is made for a schema up to here. `0` when there is none. */
  readonly schemaMax: string;
}

interface ReadMigration {
  readonly file: string;
  readonly error?: string;
  readonly attributes: readonly string[];
}

/** The migrations of a tree, oldest first. Throws when one has no kind, or a name or text that PHP would refuse. */
export async function readMigrations(tree: Pick<SourceTree, 'files'>): Promise<readonly Migration[]> {
  const files = tree.files.filter((file) => file.path.startsWith('migrations/') && file.path.endsWith('.php'));
  const named = files.filter((file) => FILE_NAME.test(file.path));
  if (named.length === 0) return [];
  const directory = await mkdtemp(join(tmpdir(), 'slipway-migrations-'));
  try {
    const paths: string[] = [];
    for (const file of named) {
      const path = join(directory, basename(file.path));
      await writeFile(path, file.content);
      paths.push(path);
    }
    const read: ReadMigration[] = [];
    for (let from = 0; from < paths.length; from += FILES_PER_PROCESS)
      read.push(...(await readWithPhp(paths.slice(from, from + FILES_PER_PROCESS))));
    return read.toSorted((a, b) => (a.file < b.file ? -1 : 1)).map(checked);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function schemaRange(migrations: readonly Migration[]): SchemaRange {
  const newest = (list: readonly Migration[]): string => list.at(-1)?.version ?? '0';
  return {
    schemaMin: newest(migrations.filter((migration) => migration.kind === 'expand')),
    schemaMax: newest(migrations),
  };
}

async function readWithPhp(paths: readonly string[]): Promise<readonly ReadMigration[]> {
  const result = await runProgram({
    program: 'php',
    args: ['-d', 'display_errors=stderr', reader, ...paths],
    cwd: import.meta.dirname,
    environment: cleanEnvironment(process.env, {}),
    timeoutMs: READ_TIMEOUT_MS,
  });
  if (result.code !== 0) {
    throw new SlipError('SLIP-RELEASE-PHP', {
      found: result.missing
        ? 'the program php is not installed'
        : `php could not read the migrations: ${result.stderr.trim()}`,
      expected: 'PHP 8.2 or newer with its tokenizer on PATH',
      fix: 'run `npm start` once, or install php-cli',
    });
  }
  return JSON.parse(result.stdout) as ReadMigration[];
}

function checked(read: ReadMigration): Migration {
  if (read.error !== undefined) {
    throw new SlipError('SLIP-RELEASE-MIGRATION-SYNTAX', {
      found: `migrations/${read.file} does not parse: ${read.error}`,
      expected: 'valid PHP',
      fix: `php -l migrations/${read.file}`,
    });
  }
  const kinds = new Set(read.attributes.filter((name) => name === 'Expand' || name === 'Contract'));
  if (kinds.size !== 1) {
    throw new SlipError('SLIP-RELEASE-MIGRATION-KIND', {
      found: `migrations/${read.file} is marked ${kinds.size === 0 ? 'neither #[Expand] nor #[Contract]' : 'both #[Expand] and #[Contract]'}`,
      expected: 'exactly one: #[Expand] adds and leaves old code working, #[Contract] takes away',
      fix: 'mark the class; split a migration that does both',
    });
  }
  return {
    version: read.file.slice('Version'.length, -'.php'.length),
    kind: kinds.has('Expand') ? 'expand' : 'contract',
  };
}
