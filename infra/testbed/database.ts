import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Connection } from '../lib/connection.ts';

/** Runs a statement in the region's database, as the administrator. */
export async function sql(connection: Connection, statement: string): Promise<string> {
  const { stdout } = await promisify(execFile)('mariadb', [...clientArgs(connection), `--execute=${statement}`], {
    env: clientEnvironment(connection),
  });
  return stdout;
}

/** A connection that has read a table in a transaction, and goes on holding its lock. */
export class OpenTransaction {
  readonly id: number;
  readonly #client: ChildProcess;

  private constructor(client: ChildProcess, id: number) {
    this.#client = client;
    this.id = id;
  }

  static async reading(connection: Connection, table: string): Promise<OpenTransaction> {
    const args = [...clientArgs(connection), '--skip-column-names', '--unbuffered'];
    const client = spawn('mariadb', args, { env: clientEnvironment(connection), stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: client.stdout });
    client.stdin.write(`BEGIN; SELECT COUNT(*) FROM ${table}; SELECT CONCAT('id ', CONNECTION_ID());\n`);
    for await (const line of lines) {
      if (line.startsWith('id ')) return new OpenTransaction(client, Number(line.slice(3)));
    }
    throw new Error('the client ended before it had read the table');
  }

  async end(): Promise<void> {
    const ended = once(this.#client, 'close');
    this.#client.kill('SIGKILL');
    await ended;
  }
}

function clientArgs({ mysql: { socket, database, user } }: Connection): string[] {
  return ['--no-defaults', `--socket=${socket}`, `--user=${user}`, `--database=${database}`];
}

function clientEnvironment({ mysql: { password } }: Connection): NodeJS.ProcessEnv {
  return { ...process.env, MYSQL_PWD: password };
}
