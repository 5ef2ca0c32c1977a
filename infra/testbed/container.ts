import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../lib/free-port.ts';
import { programPath, systemPath } from '../local/processes/programs.ts';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { eventually } from './eventually.ts';
import { unpackPackage } from './package-variant.ts';

const NOBODY = { uid: 65_534, gid: 65_534 };

/** A package that runs as in App Service's PHP container, without a region around it. */
export class Container {
  readonly url: string;
  /** Where the application lies. */
  readonly app: string;
  readonly #directory: string;
  readonly #wwwroot: string;
  readonly #environment: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #owner: { readonly uid: number; readonly gid: number } | undefined;

  private constructor(directory: string, wwwroot: string, port: number, environment: Readonly<Record<string, string>>) {
    this.#directory = directory;
    this.#wwwroot = wwwroot;
    this.#environment = environment;
    this.url = `http://127.0.0.1:${port}`;
    this.app = join(directory, 'run/app');
  }

  /** Places a package's zip below a directory of the test's; `settings` are its app settings. */
  static async create(
    directory: string,
    zip: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Container> {
    await mkdir(directory, { recursive: true });
    const { directory: wwwroot } = await unpackPackage(zip, join(directory, 'wwwroot'), { keepArchive: true });
    const port = await freePort();
    const run = join(directory, 'run');
    return new Container(directory, wwwroot, port, {
      PATH: systemPath,
      LANG: 'C.UTF-8',
      RUN_DIR: run,
      NGINX_LISTEN: `127.0.0.1:${port}`,
      NGINX_PID_FILE: join(run, 'nginx.pid'),
      APP_INTERNAL_URL: `http://127.0.0.1:${port}`,
      NGINX_BIN: await programPath('nginx'),
      PHP_FPM: await programPath('php-fpm'),
      PHP: await programPath('php'),
      APP_USER: userInfo().username,
      FPM_MAX_CHILDREN: '2',
      MEDIA_ROOT: join(directory, 'home/media'),
      TRUSTED_PROXIES: '127.0.0.0/8',
      ...settings,
    });
  }

  /** Runs it as a user who may do nothing that root may, whoever runs the test. */
  async withoutRoot(): Promise<void> {
    if (process.getuid?.() !== 0) return;
    this.#owner = NOBODY;
    await promisify(execFile)('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, this.#directory]);
    await chmod(join(this.#directory, '..'), 0o755);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get wwwroot(): string {
    return this.#wwwroot;
  }

  /** The share that belongs to its slot. */
  get home(): string {
    return join(this.#directory, 'home');
  }

  /** Resolves when the container answers; rejects with its log when it ends before. */
  async start(): Promise<void> {
    const child = this.#spawn();
    await eventually('the container answers', async () => {
      if (child.exitCode !== null) throw new Error(`the container ended:\n${await this.log()}`);
      return await fetch(`${this.url}/_slipway/live`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  }

  /** For a container that does not start: its exit code. */
  async ends(): Promise<number | null> {
    const child = this.#spawn();
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  log(): Promise<string> {
    return readFile(join(this.#directory, 'log'), 'utf8');
  }

  /** A file that the container rendered for itself. */
  configuration(path: string): Promise<string> {
    return readFile(join(this.#directory, 'run', path), 'utf8');
  }

  /** Resolves when the script has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await removeDisk(this.#directory);
  }

  #spawn(): ChildProcess {
    const script = `exec bash "${this.#wwwroot}/slipway/startup.sh" >"${this.#directory}/log" 2>&1`;
    this.#process = spawn('bash', ['-c', script], { stdio: 'ignore', env: this.#environment, ...this.#owner });
    return this.#process;
  }
}
