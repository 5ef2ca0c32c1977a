import { appendFile, mkdir, readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationWorkers } from '../../lib/application-workers.ts';
import { firstLineOf, messageOf } from '../../lib/error-message.ts';
import type { PingAnswer, Worker, WorkerSpec } from '../appservice/worker.ts';
import { programPath, systemPath } from '../processes/programs.ts';
import { type ExitRecord, endGroup, type ProcessSpec, RegionProcess } from '../processes/region-process.ts';
import type { Resolver } from '../program/resolver.ts';
import type { StatePaths, WorkerId } from '../state/paths.ts';
import { endApplicationWorkers, readApplicationWorkers, readDeclaration } from './application-workers.ts';
import { type ContainerPaths, mapPath, resolveSettings, siteContainerEnvironment } from './environment.ts';
import type { Mounts } from './mounts.ts';
import { pidIn } from './pid-file.ts';
import { ping } from './ping.ts';
import { removeDisk } from './remove-disk.ts';
import { containerCommand, containerVariables, pullImage } from './sidecar-image.ts';
import { unixConnections } from './unix-connections.ts';

/** Between two attempts to mount the storage of a container that waits for it. */
const MOUNT_RETRY_MS = 5_000;

export interface WorkerOptions {
  readonly id: WorkerId;
  readonly paths: StatePaths;
  readonly caBundle: string;
  readonly mounts: Pick<Mounts, 'directoryOf' | 'attach'>;
  /** Milliseconds between two attempts to mount. Default: 5000 */
  readonly mountRetryMs?: number;
  readonly resolver: Resolver;
  readonly sidecarPort: number;
  readonly identity: { readonly endpoint: string; readonly header: string };
  readonly site: { readonly name: string; readonly hostName: string };
}

/** A worker as process groups of this machine: one for the PHP container and one for each site container. */
export class ProcessWorker implements Worker {
  readonly id: WorkerId;
  readonly home: string;
  readonly #options: WorkerOptions;
  readonly #run: string;
  #main: RegionProcess | undefined;
  #sidecars: RegionProcess[] = [];
  readonly #exits: Record<string, ExitRecord[]> = {};
  #waiting = new AbortController();
  #starting: Promise<void> = Promise.resolve();

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.id = options.id;
    this.home = options.paths.worker(options.id).home;
    this.#run = options.paths.worker(options.id).run;
  }

  /** Where this worker's nginx listens. */
  get socket(): string {
    return workerSocket(this.#options.paths, this.id);
  }

  get running(): boolean {
    return this.#main !== undefined;
  }

  /** Unexpected exits of this worker's containers, newest last. */
  get exits(): Readonly<Record<string, readonly ExitRecord[]>> {
    return this.#exits;
  }

  async start(spec: WorkerSpec): Promise<void> {
    if (this.running) throw new Error(`worker ${this.id} is started already`);
    // Of a region that was killed.
    await endApplicationWorkers(this.#run);
    await removeDisk(this.#run);
    await mkdir(this.#run, { recursive: true, mode: 0o700 });
    await mkdir(this.#wwwroot, { recursive: true, mode: 0o700 });
    const containerPaths = this.#containerPaths(spec);
    const { resolver } = this.#options;
    const platform = await this.#platformVariables(spec);
    const main = this.#mainContainer(spec, {
      ...resolveSettings(spec.settings, resolver, containerPaths),
      ...platform,
    });
    // Storage mounts are not visible in site containers, so their paths are not mapped there.
    const withoutMounts = { ...containerPaths, mounts: new Map<string, string>() };
    const sidecars = await this.#siteContainers(
      spec,
      resolveSettings(spec.settings, resolver, withoutMounts),
      platform,
    );
    this.#main = main;
    this.#sidecars = sidecars ?? [];
    // As on App Service, an image that cannot be pulled keeps the whole instance from starting.
    if (sidecars === undefined) return;
    const containers = (await this.#canServe(spec)) ? [main, ...sidecars] : sidecars;
    const startAll = () => Promise.all(containers.map((container) => container.start()));
    this.#waiting = new AbortController();
    if (await this.#isMounted(spec)) await startAll();
    else this.#starting = this.#startWhenMounted(spec, startAll, this.#waiting.signal);
  }

  /** As on App Service, a mount that fails keeps the instance from starting, and the platform tries again. */
  async #startWhenMounted(spec: WorkerSpec, startAll: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    do {
      await sleep(this.#options.mountRetryMs ?? MOUNT_RETRY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    } while (!(await this.#isMounted(spec)));
    if (!signal.aborted) await startAll().catch((error) => this.#report({ message: messageOf(error) }));
  }

  async #isMounted({ mounts }: WorkerSpec): Promise<boolean> {
    for (const [name, mount] of Object.entries(mounts)) {
      try {
        await this.#options.mounts.attach(mount);
      } catch (error) {
        await this.#report({ message: 'the storage cannot be mounted', mount: name, reason: firstLineOf(error) });
        return false;
      }
    }
    return true;
  }

  /** A line of the platform's in the container's log. */
  async #report(line: Readonly<Record<string, string>>, log = `worker-${this.id}`): Promise<void> {
    const text = JSON.stringify({ time: new Date().toISOString(), level: 'error', ...line });
    await appendFile(join(this.#options.paths.logs, `${log}.log`), `${text}\n`, { mode: 0o600 });
  }

  /** Whether the slot has content. Without it there is no startup script, so the main container is not started. */
  async isDeployed(): Promise<boolean> {
    const content = await readdir(this.#wwwroot).catch(() => []);
    return content.length > 0;
  }

  /**
   * Without a startup command, which a first release writes before its package, App Service's image would serve the content
   * with a configuration of its own; the local region does not have that image.
   */
  async #canServe({ startupCommand }: WorkerSpec): Promise<boolean> {
    return startupCommand.trim() !== '' && (await this.isDeployed());
  }

  async stop(limitSeconds: number): Promise<void> {
    this.#waiting.abort();
    await this.#starting;
    const containers = [...(this.#main === undefined ? [] : [this.#main]), ...this.#sidecars];
    const limitMs = limitSeconds * 1000;
    const { nginx, phpFpm } = await this.processes();
    // The platform's PHP image does not pass SIGTERM on to nginx and php-fpm, so waiting for them would gain nothing.
    await Promise.all(containers.map((container) => container.stop(container === this.#main ? 0 : limitMs)));
    // Both are process groups of their own. An nginx that ends late would remove the socket of its successor.
    await Promise.all([nginx, phpFpm].map((pid) => (pid === null ? undefined : endGroup(pid))));
    await endApplicationWorkers(this.#run);
    this.#main = undefined;
    this.#sidecars = [];
    await removeDisk(this.#run);
  }

  /** Stops the site containers, or starts them again. The main container goes on. */
  async switchSidecars(on: boolean, limitMs: number): Promise<void> {
    const changing = this.#sidecars.filter((container) => container.isWanted !== on);
    await Promise.all(changing.map((container) => (on ? container.start() : container.stop(limitMs))));
  }

  endStart(): void {
    this.#main?.endStart();
    for (const sidecar of this.#sidecars) sidecar.endStart();
  }

  ping(path: string, timeoutMs: number): Promise<PingAnswer> {
    return ping(this.socket, path, timeoutMs);
  }

  requestsInFlight(): Promise<number> {
    return unixConnections(this.socket);
  }

  /** Pids by process, as `slipway status` shows them. */
  async processes(): Promise<{ nginx: number | null; phpFpm: number | null; sidecar: number | null }> {
    return {
      nginx: await pidIn(join(this.#run, 'nginx.pid')),
      phpFpm: await pidIn(join(this.#run, 'php-fpm.pid')),
      sidecar: this.#sidecars[0]?.pid ?? null,
    };
  }

  /** Workers and schedule of the application, and what the slot is declared live with. */
  async applicationWorkers(): Promise<ApplicationWorkers & { readonly declared: string | null }> {
    const found = await readApplicationWorkers(this.home, `local-${this.id}`, Date.now());
    return { ...found, declared: await readDeclaration(this.home) };
  }

  get #wwwroot(): string {
    return join(this.home, 'site', 'wwwroot');
  }

  #containerPaths(spec: WorkerSpec): ContainerPaths {
    const mounts = new Map<string, string>();
    for (const mount of Object.values(spec.mounts)) {
      const directory = this.#options.mounts.directoryOf(mount);
      if (mount.mountPath !== undefined && directory !== undefined) mounts.set(mount.mountPath, directory);
    }
    return { home: this.home, caBundle: this.#options.caBundle, mounts };
  }

  async #platformVariables(spec: WorkerSpec): Promise<Record<string, string>> {
    const { identity, site, sidecarPort } = this.#options;
    return {
      PATH: systemPath,
      LANG: 'C.UTF-8',
      HOME: this.home,
      PORT: '8080',
      SIDECAR_PORT: String(sidecarPort),
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.header,
      WEBSITE_SITE_NAME: site.name,
      WEBSITE_HOSTNAME: site.hostName,
      WEBSITE_INSTANCE_ID: `local-${this.id}`,
      WEBSITE_SLOT_NAME: spec.slot === 'production' ? 'Production' : spec.slot,
      RUN_DIR: this.#run,
      NGINX_LISTEN: `unix:${this.socket}`,
      NGINX_PID_FILE: join(this.#run, 'nginx.pid'),
      APP_USER: userInfo().username,
      APP_INTERNAL_URL: `unix:${this.socket}`,
      NGINX_BIN: await programPath('nginx'),
      PHP_FPM: await programPath('php-fpm'),
      PHP: await programPath('php'),
    };
  }

  #container(spec: ProcessSpec): RegionProcess {
    this.#exits[spec.name] ??= [];
    return new RegionProcess(spec, this.#exits[spec.name]);
  }

  #mainContainer(spec: WorkerSpec, environment: Record<string, string>): RegionProcess {
    const { paths } = this.#options;
    const containerPaths = this.#containerPaths(spec);
    const [command = 'bash', ...args] = spec.startupCommand.split(/\s+/).map((word) => mapPath(word, containerPaths));
    return this.#container({
      name: `worker-${this.id}`,
      command,
      args,
      env: environment,
      cwd: this.home,
      logFile: join(paths.logs, `worker-${this.id}.log`),
      recordDir: paths.processes,
      restart: true,
      stopSignal: 'SIGTERM',
    });
  }

  /** Undefined when an image cannot be pulled. */
  async #siteContainers(
    spec: WorkerSpec,
    settings: Record<string, string>,
    platform: Record<string, string>,
  ): Promise<RegionProcess[] | undefined> {
    const { paths, caBundle } = this.#options;
    const processes: RegionProcess[] = [];
    for (const container of spec.siteContainers) {
      const name = `${container.name}-${this.id}`;
      const logFile = join(paths.logs, `${name}.log`);
      const image = await pullImage(paths, container.image);
      if (image === undefined) {
        await this.#report({ message: 'image cannot be pulled', image: container.image }, name);
        return undefined;
      }
      processes.push(
        this.#container({
          name,
          ...containerCommand(image),
          env: {
            ...containerVariables(image),
            ...siteContainerEnvironment(container, { ...settings, ...platform }),
            ...platform,
            NODE_EXTRA_CA_CERTS: caBundle,
          },
          cwd: image.directory,
          logFile,
          recordDir: paths.processes,
          restart: true,
          stopSignal: 'SIGTERM',
        }),
      );
    }
    return processes;
  }
}

export function workerSocket(paths: StatePaths, id: WorkerId): string {
  return join(paths.worker(id).run, 'nginx.sock');
}
