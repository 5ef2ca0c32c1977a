import { execFile } from 'node:child_process';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPath, systemPath } from '../processes/programs.ts';
import { RegionProcess } from '../processes/region-process.ts';
import { acceptsConnections, waitUntil } from '../processes/wait.ts';
import { writeFileAtomically } from '../state/files.ts';
import type { StatePaths } from '../state/paths.ts';
import type { Certificates } from './certificates.ts';

/** Of tables that name none. Azure's default is utf8mb4_0900_ai_ci, which MariaDB does not know: no case, no accents, spaces at the end count. */
const COLLATION = 'utf8mb4_uca1400_nopad_ai_ci';

const run = promisify(execFile);
const READY_WITHIN_MS = 30_000;

export interface MysqlOptions {
  readonly paths: StatePaths;
  readonly certificates: Certificates;
  readonly port: number;
  readonly database: string;
  /** The administrator, who makes the application's logins. */
  readonly user: string;
  readonly password: string;
}

/** Azure Database for MySQL on this machine: MariaDB with its own data directory, TLS required over TCP. */
export class Mysql {
  readonly socket: string;
  readonly #options: MysqlOptions;
  #process: RegionProcess | undefined;

  constructor(options: MysqlOptions) {
    this.#options = options;
    this.socket = join(options.paths.mysql, 'mysql.sock');
  }

  /** The administrator's login as this server was started with it. */
  get administrator(): { readonly user: string; readonly password: string } {
    const { user, password } = this.#options;
    return { user, password };
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** ISO 8601; undefined while it runs. */
  get downSince(): string | undefined {
    return this.#process?.endedAt;
  }

  async start(): Promise<void> {
    if (this.#process?.running) return;
    await mkdir(this.#temporary, { recursive: true, mode: 0o700 });
    await this.#createDataDirectory();
    this.#process = new RegionProcess({
      name: 'mysql',
      command: await programPath('mariadbd'),
      args: await this.#arguments(),
      env: { PATH: systemPath },
      cwd: this.#options.paths.mysql,
      logFile: join(this.#options.paths.logs, 'mysql.log'),
      recordDir: this.#options.paths.processes,
      restart: false,
      stopSignal: 'SIGTERM',
    });
    await this.#process.start();
    await waitUntil('MySQL (MariaDB)', READY_WITHIN_MS, () => acceptsConnections(this.#options.port));
  }

  async stop(limitMs: number): Promise<void> {
    await this.#process?.stop(limitMs);
  }

  get #data(): string {
    return join(this.#options.paths.mysql, 'data');
  }

  /** Private: a server that starts removes every temporary table in the directory, also those of other servers. */
  get #temporary(): string {
    return join(this.#options.paths.mysql, 'tmp');
  }

  async #createDataDirectory(): Promise<void> {
    if (await exists(join(this.#data, 'mysql'))) return;
    // Created under another name and renamed, so that an interrupted run is never taken for a database.
    const fresh = `${this.#data}.new`;
    await rm(fresh, { recursive: true, force: true });
    await run(await programPath('mariadb-install-db'), [
      '--no-defaults',
      `--datadir=${fresh}`,
      `--tmpdir=${this.#temporary}`,
      `--user=${userInfo().username}`,
      '--auth-root-authentication-method=socket',
      `--auth-root-socket-user=${userInfo().username}`,
      '--skip-test-db',
    ]);
    await rm(this.#data, { recursive: true, force: true });
    await rename(fresh, this.#data);
  }

  async #arguments(): Promise<string[]> {
    const { certificates, port, paths } = this.#options;
    const initFile = join(paths.mysql, 'init.sql');
    await writeFileAtomically(initFile, this.#accounts());
    return [
      '--no-defaults',
      `--user=${userInfo().username}`,
      `--datadir=${this.#data}`,
      `--tmpdir=${this.#temporary}`,
      `--socket=${this.socket}`,
      `--pid-file=${join(paths.mysql, 'mysql.pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--ssl-ca=${certificates.caFile}`,
      `--ssl-cert=${certificates.certFile}`,
      `--ssl-key=${certificates.keyFile}`,
      '--require-secure-transport=ON',
      '--tls-version=TLSv1.2,TLSv1.3',
      `--init-file=${initFile}`,
      '--character-set-server=utf8mb4',
      `--collation-server=${COLLATION}`,
      '--skip-log-bin',
      '--skip-name-resolve',
      '--performance-schema=OFF',
      '--innodb-buffer-pool-size=64M',
      '--innodb-log-file-size=32M',
      '--max-connections=200',
      '--sql-mode=ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    ];
  }

  /** The server runs it at every start before it accepts connections, so accounts always match their secrets. */
  #accounts(): string {
    const { database, user, password } = this.#options;
    const name = quoteName(database);
    return ['127.0.0.1', 'localhost']
      .map((host) => `${quote(user)}@${quote(host)}`)
      .flatMap((account) => [
        `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${quote(password)};`,
        `ALTER USER ${account} IDENTIFIED BY ${quote(password)};`,
        `GRANT ALL ON ${name}.* TO ${account} WITH GRANT OPTION;`,
        // As the administrator on Azure, it makes logins, and sees who holds the lock that a migration waits for.
        `GRANT CREATE USER, PROCESS ON *.* TO ${account};`,
      ])
      .reduce(
        (sql, line) => `${sql}${line}\n`,
        `CREATE DATABASE IF NOT EXISTS ${name};\nALTER DATABASE ${name} CHARACTER SET utf8mb4 COLLATE ${COLLATION};\n`,
      );
  }
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function quoteName(value: string): string {
  return `\`${value.replaceAll('`', '``')}\``;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
