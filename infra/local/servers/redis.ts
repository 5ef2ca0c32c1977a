import { join } from 'node:path';
import { programPath, systemPath } from '../processes/programs.ts';
import { RegionProcess } from '../processes/region-process.ts';
import { acceptsConnections, waitUntil } from '../processes/wait.ts';
import { writeFileAtomically } from '../state/files.ts';
import type { StatePaths } from '../state/paths.ts';
import type { Certificates } from './certificates.ts';

const READY_WITHIN_MS = 10_000;

export interface RedisOptions {
  readonly paths: StatePaths;
  readonly certificates: Certificates;
  readonly port: number;
  readonly password: string;
}

/**
 * Azure Managed Redis on this machine: TLS only, password, database 0 only. There a replica takes over when a server dies; here a file keeps
 * what is in it, so that no queue and no session is lost with the process.
 */
export class Redis {
  readonly #options: RedisOptions;
  #process: RegionProcess | undefined;

  constructor(options: RedisOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** ISO 8601; undefined while it runs. */
  get downSince(): string | undefined {
    return this.#process?.endedAt;
  }

  /** Names the user `default`: with an empty name redis-cli sends AUTH with an empty user, which Redis refuses. */
  get url(): string {
    const { password, port } = this.#options;
    return `rediss://default:${encodeURIComponent(password)}@127.0.0.1:${port}/0`;
  }

  async start(): Promise<void> {
    if (this.#process?.running) return;
    const { paths } = this.#options;
    const config = join(paths.redis, 'redis.conf');
    await writeFileAtomically(config, this.#configuration());
    this.#process = new RegionProcess({
      name: 'redis',
      command: await programPath('redis-server'),
      args: [config],
      env: { PATH: systemPath },
      cwd: paths.redis,
      logFile: join(paths.logs, 'redis.log'),
      recordDir: paths.processes,
      restart: false,
      stopSignal: 'SIGTERM',
    });
    await this.#process.start();
    await waitUntil('Redis', READY_WITHIN_MS, () => acceptsConnections(this.#options.port));
  }

  async stop(limitMs: number): Promise<void> {
    await this.#process?.stop(limitMs);
  }

  #configuration(): string {
    const { certificates, port, password, paths } = this.#options;
    return [
      'bind 127.0.0.1',
      'port 0',
      `tls-port ${port}`,
      `tls-cert-file "${certificates.certFile}"`,
      `tls-key-file "${certificates.keyFile}"`,
      `tls-ca-cert-file "${certificates.caFile}"`,
      'tls-auth-clients no',
      'tls-protocols "TLSv1.2 TLSv1.3"',
      `requirepass "${password}"`,
      'databases 1',
      `dir "${paths.redis}"`,
      'save ""',
      'appendonly yes',
      // Written before the client is answered, so only a crash of the machine loses the last of it.
      'appendfsync no',
      'maxmemory 128mb',
      'maxmemory-policy volatile-lru',
      'daemonize no',
      '',
    ].join('\n');
  }
}
