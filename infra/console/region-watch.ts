import { join } from 'node:path';
import type { Evaluation } from '../evaluate/recorded.ts';
import { readConnection } from '../lib/connection.ts';
import { fieldOf, isObject, listOf, parseObject, textOf } from '../lib/json.ts';
import { startTimeOf } from '../lib/process-facts.mjs';
import type { SiteState } from '../local/appservice/site-state.ts';
import type { SlotName } from '../local/appservice/worker.ts';
import { regionStatus } from '../local/region-client.ts';
import { readJson } from '../local/state/files.ts';
import type { StatePaths, WorkerId } from '../local/state/paths.ts';
import { workerSocket } from '../local/worker/process-worker.ts';
import type { EventStream } from './event-stream.ts';
import { latestImages } from './images.ts';
import { LineFile } from './line-file.ts';
import type { PathAnswer, Run, SlotHealth } from './model.ts';
import type { Redaction } from './redaction.ts';
import type { ReleaseRecords } from './release-records.ts';
import { runsOf, withoutDead } from './runs.ts';
import { siteView } from './site-view.ts';
import { askWorker } from './slot-answers.ts';
import { systemGraph } from './system-graph.ts';
import { TrafficReader } from './traffic.ts';

const SLOTS: readonly SlotName[] = ['production', 'staging'];
const HEALTH_WITHIN_MS = 2_500;
const ANSWER_WITHIN_MS = 5_000;
const JOURNAL_FIRST_BYTES = 256 * 1024;
const REGION_LOG_FIRST_BYTES = 256 * 1024;
const SWAPS_KEPT = 50;
const TRAFFIC_WINDOW_S = 600;

/** How often each part of the state is read while somebody looks. */
const EVERY_MS = { traffic: 1_000, runs: 500, status: 2_000, health: 5_000, images: 5_000, releases: 30_000 };

export interface WatchParts {
  readonly paths: StatePaths;
  readonly stream: EventStream;
  readonly records: Pick<ReleaseRecords, 'read' | 'asked'>;
  readonly redaction: Redaction;
  /** How often parts are read, where other than usual. */
  readonly everyMs?: Partial<typeof EVERY_MS>;
}

/** Reads the region's state, part by part, and puts it into the event stream. Reads nothing while nobody looks. */
export class RegionWatch {
  readonly #parts: WatchParts;
  readonly #traffic: TrafficReader;
  readonly #journal: LineFile;
  readonly #regionLog: LineFile;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #busy = new Set<string>();
  #runs: readonly Run[] | undefined;
  #swaps: number[] = [];
  #site: SiteState | undefined;
  #evaluation: Evaluation | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const { paths } = parts;
    this.#traffic = new TrafficReader(paths.traffic);
    this.#journal = new LineFile(paths.releaseJournal, JOURNAL_FIRST_BYTES);
    this.#regionLog = new LineFile(join(paths.logs, 'region.log'), REGION_LOG_FIRST_BYTES);
  }

  get evaluation(): Evaluation | undefined {
    return this.#evaluation;
  }

  get site(): SiteState | undefined {
    return this.#site;
  }

  /** Reads each part again and again, as long as `watched`. */
  start(watched: () => boolean): void {
    const everyMs = { ...EVERY_MS, ...this.#parts.everyMs };
    const repeat = (name: keyof typeof EVERY_MS, action: () => Promise<void>): void => {
      const timer = setInterval(() => {
        if (watched()) void this.#once(name, action);
      }, everyMs[name]);
      this.#timers.push(timer.unref());
    };
    repeat('traffic', () => this.#readTraffic());
    repeat('runs', () => this.#readRuns());
    repeat('status', () => this.#readStatus());
    repeat('health', () => this.#readHealth());
    repeat('images', () => this.#readImages());
    repeat('releases', () => this.readReleases());
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Everything once. Resolves when it is in the stream; what takes longest, the history, comes by itself. */
  async readAll(): Promise<void> {
    await this.#parts.redaction.refresh(this.#parts.paths);
    await this.#readProgram();
    await Promise.all([
      this.#once('status', () => this.#readStatus()),
      this.#once('runs', () => this.#readRuns()),
      this.#once('traffic', () => this.#readTraffic()),
      this.#once('images', () => this.#readImages()),
    ]);
    void this.#once('health', () => this.#readHealth());
    void this.#once('releases', () => this.readReleases());
  }

  /** After something that changes the region. */
  async refresh(): Promise<void> {
    await Promise.all([this.#once('status', () => this.#readStatus()), this.#once('health', () => this.#readHealth())]);
  }

  async readReleases(): Promise<void> {
    const { stream, records } = this.#parts;
    const { history, summary } = await records.read();
    if (history !== undefined) stream.set('history', history);
    for (const [name, value] of Object.entries(summary ?? {})) stream.set(name, value);
  }

  /** One reading of a part at a time. What cannot be read now is read the next time; the log says why. */
  async #once(name: string, action: () => Promise<void>): Promise<void> {
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    try {
      await action();
    } catch (error) {
      console.error(new Date().toISOString(), name, error);
    } finally {
      this.#busy.delete(name);
    }
  }

  async #readProgram(): Promise<void> {
    const { paths, stream } = this.#parts;
    const kept = await readJson(paths.evaluation);
    if (!isObject(kept) || !isObject(kept.evaluation)) return;
    this.#evaluation = kept.evaluation as unknown as Evaluation;
    stream.set('resources', systemGraph(this.#evaluation));
    const { production, staging, management } = await readConnection(paths.root);
    stream.set('urls', { production, staging, management });
  }

  async #readStatus(): Promise<void> {
    const { paths, stream } = this.#parts;
    const [status, site] = await Promise.all([regionStatus({ stateDir: paths.root }), readJson(paths.site)]);
    for (const [name, value] of Object.entries(status ?? {})) stream.set(name, value);
    if (!isObject(site)) return;
    this.#site = site as unknown as SiteState;
    stream.set('site', siteView(this.#site));
  }

  async #readHealth(): Promise<void> {
    const site = this.#site;
    if (site === undefined) return;
    const of = (slot: SlotName) => healthOf(workerSocket(this.#parts.paths, site.slots[slot].worker));
    const [production, staging] = await Promise.all([of('production'), of('staging')]);
    this.#parts.stream.set('health', { production, staging });
  }

  async #readImages(): Promise<void> {
    const { paths, stream } = this.#parts;
    stream.set('images', await latestImages(paths, (worker) => this.slotOf(worker)));
  }

  /** What production answers now, path by path. */
  async answers(): Promise<readonly PathAnswer[]> {
    const site = this.#site;
    if (site === undefined) return [];
    const socket = workerSocket(this.#parts.paths, site.slots.production.worker);
    const { cacheApiToken } = await readConnection(this.#parts.paths.root);
    const asked = this.#parts.records.asked;
    const answers = asked.map(async ({ path, ok, isCache }) => {
      const headers = isCache ? { authorization: `Bearer ${cacheApiToken}` } : {};
      const { status, ms } = await askWorker(socket, path, headers, ANSWER_WITHIN_MS);
      return { path, status, ms, ok: status !== null && ok.includes(status) };
    });
    return Promise.all(answers);
  }

  slotOf(worker: WorkerId): SlotName {
    return SLOTS.find((slot) => this.#site?.slots[slot].worker === worker) ?? 'production';
  }

  async #readRuns(): Promise<void> {
    const before = this.#runs;
    const read = runsOf(await this.#journal.read(), before ?? []);
    this.#runs = withoutDead(read, (pid) => startTimeOf(pid) !== undefined, new Date().toISOString());
    this.#parts.stream.set('runs', this.#runs);
    const standing = (runs: readonly Run[]): string => JSON.stringify(runs.map(({ id, endedAt }) => [id, endedAt]));
    if (before === undefined || standing(before) === standing(this.#runs)) return;
    void this.#once('releases', () => this.readReleases());
  }

  async #readTraffic(): Promise<void> {
    await this.#readSwaps();
    const added = await this.#traffic.read();
    const whole = { points: this.#traffic.points, swaps: this.#swaps };
    const change = { now: Math.floor(Date.now() / 1000), points: added, swaps: this.#swaps };
    this.#parts.stream.extend('traffic', whole, 'traffic', change);
  }

  /** The region's log has the moment of every switch, whoever asked for it. */
  async #readSwaps(): Promise<void> {
    await this.#regionLog.each((line) => {
      if (!line.includes('"slots-switched"')) return;
      const at = Date.parse(textOf(parseObject(line), 'time')) / 1000;
      if (at > 0) this.#swaps.push(at);
    });
    const oldest = Date.now() / 1000 - TRAFFIC_WINDOW_S;
    this.#swaps = this.#swaps.filter((at) => at > oldest).slice(-SWAPS_KEPT);
  }
}

/** The deep health of a slot. */
async function healthOf(socket: string): Promise<SlotHealth> {
  const { text } = await askWorker(socket, '/_slipway/health', {}, HEALTH_WITHIN_MS);
  return parseHealth(text) ?? { status: 'unknown', checks: [] };
}

function parseHealth(text: string): SlotHealth | undefined {
  const parsed = parseObject(text);
  const { status } = parsed;
  if (status !== 'pass' && status !== 'warn' && status !== 'fail') return undefined;
  const names = Object.keys(isObject(parsed.checks) ? parsed.checks : {});
  const checks = names.map((name) => {
    const [check] = listOf(parsed, 'checks', name);
    const value = fieldOf(check, 'observedValue');
    const measured = value === undefined ? '' : `${String(value)} ${textOf(check, 'observedUnit')}`.trim();
    return { name, status: textOf(check, 'status'), text: textOf(check, 'output') || measured };
  });
  return { status, checks };
}
