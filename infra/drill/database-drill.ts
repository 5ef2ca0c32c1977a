import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { monotonicClock } from '../lib/clock.ts';
import { messageOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import { systemPath } from '../local/processes/programs.ts';
import { compareTables, type TableComparison, type TableDigests } from './table-comparison.ts';

/** One consistent snapshot, without a lock on production's tables. */
const DUMP_ARGUMENTS = ['--single-transaction', '--quick', '--hex-blob', '--routines', '--triggers', '--events'];

export interface DatabaseDrillOptions {
  readonly socket: string;
  /** Production's. */
  readonly database: string;
  /** Private directory for the dump. */
  readonly directory: string;
  readonly progress: (text: string) => void;
}

export interface DatabaseDrillResult {
  readonly tables: readonly TableComparison[];
  readonly dumpBytes: number;
  readonly dumpMs: number;
  readonly restoreMs: number;
}

/** Dumps production's database and restores it under another name, as the server's own administrator over its socket. */
export class DatabaseDrill {
  /** Where the dump is restored to. */
  readonly restored: string;
  readonly #options: DatabaseDrillOptions;

  constructor(options: DatabaseDrillOptions) {
    this.#options = options;
    this.restored = `${options.database}_restore_drill`;
  }

  async run(): Promise<DatabaseDrillResult> {
    const { database, progress } = this.#options;
    progress(`digests of the tables of ${database}`);
    const beforeDump = await this.#digests(database);
    progress('mariadb-dump');
    const dump = join(this.#options.directory, 'dump.sql');
    const dumpMs = await elapsedMs(() => this.#dump(dump));
    const afterDump = await this.#digests(database);
    progress(`the dump goes into ${this.restored}`);
    const restoreMs = await elapsedMs(() => this.#restore(dump));
    progress('digests of what was restored');
    const restored = await this.#digests(this.restored);
    const tables = compareTables({ beforeDump, afterDump, restored, atEnd: await this.#digests(database) });
    return { tables, dumpBytes: (await stat(dump)).size, dumpMs, restoreMs };
  }

  /** Removes the restored database. Can be repeated. */
  async clean(): Promise<void> {
    await this.#query(`DROP DATABASE IF EXISTS ${quoteName(this.restored)}`);
  }

  async #dump(file: string): Promise<void> {
    const handle = await open(file, 'wx', 0o600);
    try {
      await this.#client('mariadb-dump', [...DUMP_ARGUMENTS, this.#options.database], { output: handle.fd });
    } finally {
      await handle.close();
    }
  }

  async #restore(file: string): Promise<void> {
    await this.#query(`CREATE DATABASE ${quoteName(this.restored)}`);
    const handle = await open(file, 'r');
    try {
      await this.#client('mariadb', [`--database=${this.restored}`], { input: handle.fd });
    } finally {
      await handle.close();
    }
  }

  /** Rows and checksum of every table, in one snapshot. */
  async #digests(database: string): Promise<TableDigests> {
    const listed = await this.#query(
      `SELECT HEX(TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${quote(database)} AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1`,
    );
    const tables = listed.map((hex) => Buffer.from(hex, 'hex').toString('utf8'));
    const statements = tables.flatMap((table) => {
      const name = `${quoteName(database)}.${quoteName(table)}`;
      return [`SELECT COUNT(*) FROM ${name}`, `CHECKSUM TABLE ${name} EXTENDED`];
    });
    const answers = await this.#query(
      ['SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', 'START TRANSACTION WITH CONSISTENT SNAPSHOT']
        .concat(statements, 'COMMIT')
        .join(';\n'),
    );
    return new Map(
      tables.map((table, index) => {
        const checksum = answers[index * 2 + 1]?.split('\t').at(-1) ?? 'NULL';
        return [table, { rows: Number(answers[index * 2] ?? Number.NaN), checksum }];
      }),
    );
  }

  async #query(sql: string): Promise<string[]> {
    const answer = await this.#client('mariadb', ['--batch', '--skip-column-names'], { sql });
    return answer.split('\n').slice(0, -1);
  }

  /** The account that exists for the region's own user, who needs no password on the socket. */
  async #client(
    program: 'mariadb' | 'mariadb-dump',
    args: readonly string[],
    { sql, input, output }: { sql?: string; input?: number; output?: number },
  ): Promise<string> {
    const account = [`--socket=${this.#options.socket}`, `--user=${userInfo().username}`];
    const common = ['--no-defaults', ...account, '--default-character-set=utf8mb4'];
    const child = spawn(program, [...common, ...args], {
      env: { PATH: systemPath },
      stdio: [input ?? 'pipe', output ?? 'pipe', 'pipe'],
    });
    // A client that ends before it has read everything says why itself.
    child.stdin?.on('error', () => undefined).end(`${sql ?? ''};`);
    try {
      const [out, problem, [code]] = await Promise.all([
        child.stdout === null ? '' : text(child.stdout),
        child.stderr === null ? '' : text(child.stderr),
        once(child, 'close'),
      ]);
      if (code !== 0) throw new Error(problem.trim() || `it ended with ${String(code)}`);
      return out;
    } catch (cause) {
      throw new SlipError('SLIP-DRILL-DATABASE', {
        found: `${program}: ${messageOf(cause)}`,
        expected: 'a dump and its restore on the local MySQL, while no migration runs',
        fix: './slipway status shows whether MySQL runs; npm start restarts it',
        cause,
      });
    }
  }
}

async function elapsedMs(work: () => Promise<void>): Promise<number> {
  const began = monotonicClock.now();
  await work();
  return Math.round(monotonicClock.now() - began);
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function quoteName(value: string): string {
  return `\`${value.replaceAll('`', '``')}\``;
}
