import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../lib/free-port.ts';
import { untilTrue } from '../../lib/until.ts';
import { programPath, systemPath } from '../../local/processes/programs.ts';

export interface PhpSiteOptions {
  /** Of its own; has a short path, for the sockets in it. */
  readonly directory: string;
  /** Two copies of the application: the release that is live, and the next. */
  readonly releases: readonly [string, string];
  readonly children: number;
}

export type Pool = 'a' | 'b';

/** What the built-in application demands to begin at all; nothing of it is asked by `/api/ping`. */
const APPLICATION_SETTINGS = {
  APP_ENV: 'prod',
  SLOT_NAME: 'production',
  RELEASE_TOKEN: 'bench',
  CACHE_API_TOKEN: 'bench',
};
const ready = { limitMs: 60_000, pollMs: 10 };

/** nginx and php-fpm as tutorials set them up: two releases, a symlink to the live one, the defaults of both programs. */
export class PhpSite {
  readonly #options: PhpSiteOptions;
  readonly #port: number;
  readonly #pools = new Map<Pool, ChildProcess>();
  #nginx: ChildProcess | undefined;
  #live = 0;

  private constructor(options: PhpSiteOptions, port: number) {
    this.#options = options;
    this.#port = port;
  }

  static async start(options: PhpSiteOptions): Promise<PhpSite> {
    await mkdir(options.directory, { recursive: true });
    const site = new PhpSite(options, await freePort());
    try {
      await site.linkNext();
      await site.startPool('a');
      await site.#startNginx();
    } catch (error) {
      await site.stop();
      throw error;
    }
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/api/ping`;
  }

  /** The symlink is renamed into place, so that there is never none. */
  async linkNext(): Promise<void> {
    this.#live = 1 - this.#live;
    const fresh = this.#path('current.new');
    await rm(fresh, { force: true });
    await symlink(this.#options.releases[this.#live] ?? '', fresh);
    await rename(fresh, this.#path('current'));
  }

  async startPool(pool: Pool): Promise<void> {
    const file = this.#path(`fpm-${pool}.conf`);
    const user = userInfo().username;
    const asRoot = userInfo().uid === 0;
    await writeFile(
      file,
      [
        `[global]\nerror_log = ${this.#path('fpm.log')}\ndaemonize = no`,
        `[www]\nlisten = ${this.#socket(pool)}\npm = static\npm.max_children = ${this.#options.children}\nclear_env = no`,
        ...(asRoot ? [`user = ${user}\nlisten.owner = ${user}`] : []),
      ].join('\n'),
    );
    await rm(this.#socket(pool), { force: true });
    const args = ['-F', ...(asRoot ? ['--allow-to-run-as-root'] : []), '-y', file];
    const child = spawn(await programPath('php-fpm'), args, {
      stdio: 'ignore',
      env: {
        ...APPLICATION_SETTINGS,
        PATH: systemPath,
        MEDIA_ROOT: this.#path('media'),
        RUN_DIR: this.#options.directory,
      },
    });
    this.#pools.set(pool, child);
    if (!(await untilTrue(ready, () => exists(this.#socket(pool))))) throw new Error('php-fpm does not listen');
  }

  /** SIGUSR2 reloads, SIGQUIT lets requests end, SIGTERM does not. */
  async signalPool(pool: Pool, signal: 'SIGUSR2' | 'SIGQUIT' | 'SIGTERM'): Promise<void> {
    const child = this.#pools.get(pool);
    if (child === undefined) return;
    child.kill(signal);
    if (signal === 'SIGUSR2') return;
    this.#pools.delete(pool);
    await once(child, 'exit');
  }

  async routeTo(pool: Pool): Promise<void> {
    await this.#writeUpstream(pool);
    this.#nginx?.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    for (const pool of this.#pools.keys()) await this.signalPool(pool, 'SIGTERM');
    if (this.#nginx === undefined) return;
    const ended = once(this.#nginx, 'exit');
    this.#nginx.kill('SIGTERM');
    await ended;
  }

  async #startNginx(): Promise<void> {
    const { directory } = this.#options;
    await this.#writeUpstream('a');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${directory}/${name};`,
    );
    const asRoot = userInfo().uid === 0;
    await writeFile(
      this.#path('nginx.conf'),
      `${asRoot ? `user ${userInfo().username};` : ''}
worker_processes auto;
pid ${directory}/nginx.pid;
error_log ${directory}/nginx.log;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary.join(' ')}
  include ${directory}/upstream.conf;
  server {
    listen 127.0.0.1:${this.#port} backlog=1024;
    root ${directory}/current/public;
    location / {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $realpath_root/index.php;
      fastcgi_param DOCUMENT_ROOT $realpath_root;
      fastcgi_pass php;
    }
  }
}
`,
    );
    const args = ['-e', this.#path('nginx.log'), '-c', this.#path('nginx.conf'), '-g', 'daemon off;'];
    this.#nginx = spawn(await programPath('nginx'), args, { stdio: 'ignore' });
    const answers = async () => (await fetch(this.url).catch(() => undefined))?.status === 200;
    if (!(await untilTrue(ready, answers))) throw new Error(`${this.url} does not answer 200`);
  }

  #writeUpstream(pool: Pool): Promise<void> {
    return writeFile(this.#path('upstream.conf'), `upstream php { server unix:${this.#socket(pool)}; }\n`);
  }

  #socket(pool: Pool): string {
    return this.#path(`fpm-${pool}.sock`);
  }

  #path(name: string): string {
    return join(this.#options.directory, name);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
