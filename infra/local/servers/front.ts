import { rename, rm, symlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Front, SlotName } from '../appservice/worker.ts';
import { programPath, systemPath } from '../processes/programs.ts';
import { RegionProcess } from '../processes/region-process.ts';
import { acceptsConnections, waitUntil } from '../processes/wait.ts';
import { writeFileAtomically } from '../state/files.ts';
import type { StatePaths, WorkerId } from '../state/paths.ts';

const READY_WITHIN_MS = 5_000;
/** App Service's limit for an answer; after it the client gets an error. */
const ANSWER_WITHIN_S = 230;

/** One line a request: slot (`p` or `s`), end in seconds since 1970, duration in seconds, status. */
export const TRAFFIC_LOG = 'traffic.log';

export interface FrontOptions {
  readonly paths: StatePaths;
  readonly ports: Readonly<Record<SlotName, number>>;
  /** The unix socket on which a worker's nginx listens. */
  readonly socketOf: (worker: WorkerId) => string;
}

/**
 * App Service's front end: one nginx with a port per slot. The upstream of a slot is a symlink to a worker's socket. A
 * swap renames a new symlink into place, which is atomic and leaves open connections as they are.
 */
export class NginxFront implements Front {
  readonly #options: FrontOptions;
  #process: RegionProcess | undefined;

  constructor(options: FrontOptions) {
    this.#options = options;
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
    const { paths, ports } = this.#options;
    const config = join(paths.front, 'nginx.conf');
    await writeFileAtomically(config, this.#configuration());
    this.#process = new RegionProcess({
      name: 'front',
      command: await programPath('nginx'),
      args: ['-p', paths.front, '-e', 'stderr', '-c', config],
      env: { PATH: systemPath },
      cwd: paths.front,
      logFile: join(paths.logs, 'front.log'),
      recordDir: paths.processes,
      restart: true,
      stopSignal: 'SIGQUIT',
    });
    await this.#process.start();
    await waitUntil('the front', READY_WITHIN_MS, () => acceptsConnections(ports.production));
  }

  async stop(limitMs: number): Promise<void> {
    await this.#process?.stop(limitMs);
    for (const slot of ['production', 'staging'] as const) await rm(this.#upstream(slot), { force: true });
  }

  async route(slot: SlotName, worker: WorkerId): Promise<void> {
    const link = this.#upstream(slot);
    const fresh = `${link}.new`;
    await rm(fresh, { force: true });
    await symlink(this.#options.socketOf(worker), fresh);
    await rename(fresh, link);
  }

  #upstream(slot: SlotName): string {
    return join(this.#options.paths.front, `${slot}.sock`);
  }

  #configuration(): string {
    const { ports } = this.#options;
    const root = process.getuid?.() === 0;
    return `${root ? `user ${userInfo().username};\n` : ''}daemon off;
worker_processes 2;
pid nginx.pid;
error_log stderr error;
events { worker_connections 2048; }
http {
  log_format production 'p $msec $request_time $status';
  log_format staging 's $msec $request_time $status';
  server_tokens off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 0;
  keepalive_requests 100000;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_request_buffering off;
  proxy_next_upstream off;
  proxy_connect_timeout 5s;
  proxy_read_timeout ${ANSWER_WITHIN_S}s;
  proxy_send_timeout ${ANSWER_WITHIN_S}s;
${this.#server('production', ports.production)}
${this.#server('staging', ports.staging)}
}
`;
  }

  #server(slot: SlotName, port: number): string {
    return `  server {
    listen 127.0.0.1:${port} backlog=2048;
    access_log ${join(this.#options.paths.traffic, TRAFFIC_LOG)} ${slot} buffer=64k flush=1s;
    error_page 502 504 =503 @unavailable;
    location / { proxy_pass "http://unix:${this.#upstream(slot)}"; }
    location @unavailable {
      internal;
      default_type text/plain;
      add_header Retry-After 5 always;
      return 503 "503 Service Unavailable: the ${slot} slot does not answer.\\n";
    }
  }`;
  }
}
