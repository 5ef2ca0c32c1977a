import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerId } from '../state/paths.ts';
import type { Front, PingAnswer, SlotName, Worker, WorkerSpec } from './worker.ts';

/** One line per call to the workers and the front, in order. */
export type Journal = string[];

/**
 * A worker in memory: while it runs, it answers pings with its settings and serves the content of its home. It can be
 * made slow to start, cold, unable to start, or busy.
 */
export class FakeWorker implements Worker {
  readonly id: WorkerId;
  readonly home: string;
  readonly journal: Journal;
  spec: WorkerSpec | undefined;
  starts = 0;
  readonly pings: string[] = [];
  readonly stopLimits: number[] = [];
  /** Status by path; anything else is 200. */
  readonly statuses = new Map<string, number>();
  /** Refuses to start with this reason. */
  startFailure: string | undefined;
  /** Pings are refused as if nothing listened. */
  unreachable = false;
  inFlight = 0;
  /** Called before the containers are spawned. */
  onStart: () => void | Promise<void> = () => undefined;
  /** Called when a ping arrives. */
  onPing: (path: string) => void | Promise<void> = () => undefined;

  constructor(id: WorkerId, home: string, journal: Journal) {
    this.id = id;
    this.home = home;
    this.journal = journal;
  }

  get running(): boolean {
    return this.spec !== undefined;
  }

  async start(spec: WorkerSpec): Promise<void> {
    if (this.running) throw new Error(`worker ${this.id} is started already`);
    await mkdir(this.home, { recursive: true });
    await this.onStart();
    if (this.startFailure !== undefined) throw new Error(this.startFailure);
    this.journal.push(`start ${this.id} ${spec.settings.SLOT_NAME ?? ''}`.trim());
    this.starts += 1;
    this.spec = spec;
  }

  async stop(limitSeconds: number): Promise<void> {
    this.journal.push(`stop ${this.id}`);
    this.stopLimits.push(limitSeconds);
    this.spec = undefined;
  }

  endStart(): void {}

  async ping(path: string): Promise<PingAnswer> {
    this.pings.push(path);
    await this.onPing(path);
    if (!this.running || this.unreachable) throw new Error('connection refused');
    this.journal.push(`ping ${this.id} ${path}`);
    const body = join(this.home, 'site', 'wwwroot', 'index.txt');
    return {
      status: this.statuses.get(path) ?? 200,
      body: existsSync(body) ? await readFile(body, 'utf8') : '',
    };
  }

  async requestsInFlight(): Promise<number> {
    this.journal.push(`in-flight ${this.id} ${this.inFlight}`);
    return this.inFlight;
  }
}

export class FakeFront implements Front {
  readonly routing: Partial<Record<SlotName, WorkerId>> = {};
  readonly journal: Journal;
  /** Refuses to route this slot, this often. */
  readonly refuse = new Map<SlotName, number>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  async route(slot: SlotName, worker: WorkerId): Promise<void> {
    const refusals = this.refuse.get(slot) ?? 0;
    if (refusals > 0) {
      this.refuse.set(slot, refusals - 1);
      throw new Error(`the front cannot route ${slot}`);
    }
    this.journal.push(`route ${slot} ${worker}`);
    this.routing[slot] = worker;
  }
}
