import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import { endsWithin } from '../ends-within.ts';
import type { Log } from '../log.ts';
import { outboxId } from '../media/outbox-id.ts';
import type { Settings } from '../settings.ts';

export interface HeartbeatOptions {
  readonly redis: Settings['redis'];
  readonly mediaRoot: string;
  readonly instance: string;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Time between two beats, and the limit of one exchange with Redis. The limit is the shorter one, so beats never overlap. */
  readonly intervalMs: number;
  readonly limitMs: number;
  /** The value of this instance's key in Redis. */
  readonly status: () => Promise<unknown>;
}

const PREFIX = 'slipway:sidecar:';
/** A sorted set of all instances by their last heartbeat. Reading it costs the same however many keys Redis holds. */
const REGISTRY = 'slipway:sidecars';
/** The share of the limit that a connection gets. It has to end earlier than the exchange, which could not close it. */
const CONNECT_SHARE = 0.75;
const STOP_MS = 1_000;

interface Client {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  set(key: string, value: string, options: { EX: number }): Promise<unknown>;
  del(key: string): Promise<unknown>;
  zAdd(key: string, member: { score: number; value: string }): Promise<unknown>;
  zRem(key: string, member: string): Promise<unknown>;
  zRangeByScore(key: string, min: number, max: number): Promise<string[]>;
  zRemRangeByScore(key: string, min: number, max: number): Promise<unknown>;
}

/** Announces this instance in Redis and reads which other instances are alive. The sync works without it. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #stop = new AbortController();
  #client: Client | undefined;
  #self: string;
  #others: readonly string[] = [];
  #failing = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#self = options.instance;
  }

  get self(): string {
    return this.#self;
  }

  /** The other instances on this outbox as of the last beat. The list is empty while Redis is unavailable, so no instance waits for another. */
  get others(): readonly string[] {
    return this.#others;
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#beat();
        if (this.#failing) this.#options.log('info', 'the heartbeat works again');
        this.#failing = false;
      } catch (error) {
        if (!this.#failing) this.#options.log('warn', 'the heartbeat fails', { reason: reasonOf(error) });
        this.#failing = true;
        this.#others = [];
        this.#disconnect();
      }
      await sleep(this.#options.intervalMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Removes the key, so that no other instance waits for this one. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const client = this.#client;
    if (client?.isReady === true) {
      const removal = Promise.all([client.del(`${PREFIX}${this.#self}`), client.zRem(REGISTRY, this.#self)]);
      await endsWithin(removal, STOP_MS).catch(() => undefined);
    }
    this.#disconnect();
  }

  async #beat(): Promise<void> {
    const { mediaRoot, instance, status, limitMs } = this.#options;
    this.#self = `${await outboxId(mediaRoot)}:${instance}`;
    const text = JSON.stringify(await status());
    this.#client ??= await this.#newClient();
    // The client has no timeout for a command that was sent, and a Redis that hangs would never answer.
    if (!(await endsWithin(this.#exchange(this.#client, text), limitMs)))
      throw new Error(`Redis did not answer within ${limitMs / 1_000} s`);
  }

  async #exchange(client: Client, status: string): Promise<void> {
    if (!client.isOpen) await client.connect();
    const now = this.#options.nowMs();
    const since = now - defaults.HEARTBEAT_TTL_S * 1_000;
    await client.set(`${PREFIX}${this.#self}`, status, { EX: defaults.HEARTBEAT_TTL_S });
    await client.zAdd(REGISTRY, { score: now, value: this.#self });
    await client.zRemRangeByScore(REGISTRY, 0, since - 60_000);
    const alive = await client.zRangeByScore(REGISTRY, since, Number.MAX_SAFE_INTEGER);
    const outbox = this.#self.slice(0, this.#self.indexOf(':') + 1);
    this.#others = alive.filter((name) => name !== this.#self && name.startsWith(outbox));
  }

  async #newClient(): Promise<Client> {
    const { redis, log, limitMs } = this.#options;
    // The module is loaded here and not at the start, because that makes the sync ready 0.1 s earlier.
    const { redisClient } = await import('./redis-client.ts');
    const client: Client = await redisClient(redis, limitMs * CONNECT_SHARE);
    client.on('error', (error) => {
      if (!this.#failing) log('warn', 'the connection to Redis broke', { reason: reasonOf(error) });
    });
    return client;
  }

  #disconnect(): void {
    try {
      this.#client?.destroy();
    } catch {
      // The client was already closed.
    }
    this.#client = undefined;
  }
}
