import { fileURLToPath } from 'node:url';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';
import { AZURE_TABLES } from './azure-tables.ts';

/** What Kusto's parser read in one query. */
export interface ReadQuery {
  /** Errors and warnings, unknown tables and columns among them. */
  readonly problems: readonly string[];
  readonly tables: readonly string[];
  /** Names in `column_ifexists`, of which the parser reports none. */
  readonly columns: readonly string[];
  /** Members of dynamic columns: `Properties.slot`. */
  readonly properties: readonly { readonly of: string; readonly name: string }[];
  /** Columns with the text or number that they are compared with. */
  readonly compared: readonly { readonly column: string; readonly value: string }[];
}

const READER = fileURLToPath(new URL('read-queries.mjs', import.meta.url));
const READER_MS = 120_000;
const READER_BYTES = 4 * 1024 * 1024;

/** Reads queries against the declared tables, all of them in one child process. */
export async function readQueries(queries: readonly string[]): Promise<ReadQuery[]> {
  const { code, stdout, stderr } = await runProgram({
    program: process.execPath,
    args: [READER],
    cwd: import.meta.dirname,
    environment: cleanEnvironment(process.env, {}),
    timeoutMs: READER_MS,
    keptBytes: READER_BYTES,
    input: JSON.stringify({ tables: AZURE_TABLES, queries }),
  });
  if (code !== 0) throw new Error(`the reader of queries ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Everything that is wrong with a query, unknown optional columns included. */
export function wrongWith({ problems, tables, columns }: ReadQuery): string[] {
  const known = new Set(tables.flatMap((table) => Object.keys(AZURE_TABLES[table] ?? {})));
  return [
    ...problems,
    ...(tables.length === 0 ? ['The query reads no table.'] : []),
    ...columns.filter((column) => !known.has(column)).map((column) => `No column ${column} in ${tables.join(', ')}.`),
  ];
}
