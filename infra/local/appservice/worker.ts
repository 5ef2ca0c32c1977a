import type { WorkerId } from '../state/paths.ts';

/**
 * What the site needs from the machines below it: two workers and a front. A worker is a container host with a `/home`
 * of its own; which slot it serves is decided by the site and carried out by the front.
 */
export type SlotName = 'production' | 'staging';

/** A site container as ARM describes it; `environmentVariables[].value` is the *name* of an app setting. */
export interface SiteContainer {
  readonly name: string;
  readonly image: string;
  readonly isMain: boolean;
  readonly targetPort?: string;
  readonly startUpCommand?: string;
  readonly inheritAppSettingsAndConnectionStrings?: boolean;
  readonly environmentVariables?: readonly { readonly name: string; readonly value: string }[];
}

/** A storage mount as ARM describes it (`azureStorageAccounts`). */
export interface StorageMount {
  readonly type?: string;
  readonly accountName?: string;
  readonly shareName?: string;
  readonly accessKey?: string;
  readonly mountPath?: string;
  readonly protocol?: string;
}

/** Everything a worker is started with. Settings are as the site holds them: references and placeholders unresolved. */
export interface WorkerSpec {
  readonly slot: SlotName;
  readonly settings: Readonly<Record<string, string>>;
  readonly siteContainers: readonly SiteContainer[];
  /** By the mount's name; what is not in here is not mounted. */
  readonly mounts: Readonly<Record<string, StorageMount>>;
  /** The site's `appCommandLine`. */
  readonly startupCommand: string;
}

export interface PingAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Worker {
  readonly id: WorkerId;
  /** Absolute path of this worker's `/home` on this machine. */
  readonly home: string;
  /** Starts the containers; resolves when their processes are spawned, not when they answer. Rejects when already started. */
  start(spec: WorkerSpec): Promise<void>;
  /**
   * Stops the containers as App Service does: the sidecar gets SIGTERM, nginx and php-fpm get no signal, and all of them
   * are gone after `limitSeconds`. Requests in flight are lost unless routing left the worker before.
   */
  stop(limitSeconds: number): Promise<void>;
  readonly running: boolean;
  /** Plain HTTP GET to the worker's nginx. Rejects when nothing answers within `timeoutMs`. */
  ping(path: string, timeoutMs: number): Promise<PingAnswer>;
  /** Called when the worker is warm and may get visitors: its start is over. */
  endStart(): void;
  /** Requests that reached this worker and have no answer yet. */
  requestsInFlight(): Promise<number>;
}

export interface Front {
  /** New requests for `slot` go to `worker` from the moment this resolves; requests in flight finish where they are. */
  route(slot: SlotName, worker: WorkerId): Promise<void>;
}
