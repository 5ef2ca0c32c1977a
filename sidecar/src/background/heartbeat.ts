import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, systemCode } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import { endsWithin } from '../ends-within.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';

export interface HeartbeatOptions {
  readonly redis: Settings['redis'];
  readonly mediaRoot: string;
  readonly instance: string;
  readonly nowMs: () => number;
  readonly log: Log;
  /** What the key says about this instance. */
  readonly status: () => Promise<unknown>;
}

const OUTBOX_ID_FILE = '.outbox-id';
const PREFIX = 'slipway:sidecar:';
/** Who lives where, by the time of the last beat: asking it costs the same however many keys Redis holds. */
const REGISTER = 'slipway:sidecars';
const CONNECT_MS = 3_000;
/** For all of a beat that is Redis' part, connecting included; less than the pause between beats, so they never pile up. */
const BEAT_LIMIT_MS = 4_000;
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

/** Tells in Redis that this instance lives, and learns which others do. The sync does not need it. */
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

  /** The other instances on this outbox, as of the last beat. None when Redis is away: then nobody waits for anybody. */
  get others(): readonly string[] {
    return this.#others;
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#beat();
        if (this.#failing) this.#options.log('info', 'the heartbeat is back');
        this.#failing = false;
      } catch (error) {
        if (!this.#failing) this.#options.log('warn', 'the heartbeat fails', { reason: reasonOf(error) });
        this.#failing = true;
        this.#others = [];
        this.#disconnect();
      }
      await sleep(defaults.HEARTBEAT_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Takes the key away, so that nobody waits for this instance. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const client = this.#client;
    if (client?.isReady === true) {
      const farewell = Promise.all([client.del(`${PREFIX}${this.#self}`), client.zRem(REGISTER, this.#self)]);
      await endsWithin(farewell, STOP_MS).catch(() => undefined);
    }
    this.#disconnect();
  }

  async #beat(): Promise<void> {
    const { mediaRoot, instance, status } = this.#options;
    this.#self = `${await outboxId(mediaRoot)}:${instance}`;
    const text = JSON.stringify(await status());
    this.#client ??= await this.#newClient();
    // The client has no limit of its own for a command that was sent: a Redis that hangs would never answer.
    if (!(await endsWithin(this.#exchange(this.#client, text), BEAT_LIMIT_MS)))
      throw new Error(`no answer within ${BEAT_LIMIT_MS / 1_000} s`);
  }

  async #exchange(client: Client, status: string): Promise<void> {
    if (!client.isOpen) await client.connect();
    const now = this.#options.nowMs();
    const since = now - defaults.HEARTBEAT_TTL_S * 1_000;
    await client.set(`${PREFIX}${this.#self}`, status, { EX: defaults.HEARTBEAT_TTL_S });
    await client.zAdd(REGISTER, { score: now, value: this.#self });
    await client.zRemRangeByScore(REGISTER, 0, since - 60_000);
    const alive = await client.zRangeByScore(REGISTER, since, Number.MAX_SAFE_INTEGER);
    const outbox = this.#self.slice(0, this.#self.indexOf(':') + 1);
    this.#others = alive.filter((name) => name !== this.#self && name.startsWith(outbox));
  }

  async #newClient(): Promise<Client> {
    const { redis, log } = this.#options;
    // Loaded here and not at the start: the sync is ready a tenth of a second sooner.
    const { createClient } = await import('redis');
    const client: Client = createClient({
      socket: {
        host: redis.host,
        port: redis.port,
        tls: true,
        ca: await readFile(redis.caFile),
        ...(isIP(redis.host) === 0 ? { servername: redis.host } : {}),
        connectTimeout: CONNECT_MS,
        // The loop above connects again itself.
        reconnectStrategy: false,
      },
      password: redis.password,
      disableOfflineQueue: true,
    });
    client.on('error', (error) => {
      if (!this.#failing) log('warn', 'the connection to Redis broke', { reason: reasonOf(error) });
    });
    return client;
  }

  #disconnect(): void {
    try {
      this.#client?.destroy();
    } catch {
      // It was closed already.
    }
    this.#client = undefined;
  }
}

/**
 * A name for the outbox that all instances on it agree on, and that moves with it at a swap, when slots change their
 * sidecars but not their files.
 */
async function outboxId(mediaRoot: string): Promise<string> {
  const path = join(mediaRoot, OUTBOX_ID_FILE);
  try {
    await writeFile(path, randomUUID(), { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  // Another instance may have made it a moment ago and not yet written into it.
  for (let tries = 0; tries < 20; tries += 1) {
    const id = (await readFile(path, 'utf8')).trim();
    if (/^[0-9a-f-]{36}$/.test(id)) return id;
    await sleep(50);
  }
  await writeFile(path, randomUUID());
  return (await readFile(path, 'utf8')).trim();
}
