import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Schedule } from '../bench/open-loop/schedule.ts';
import type { Connection } from '../lib/connection.ts';
import { eventually } from './eventually.ts';
import { long } from './long-form.ts';
import { finished } from './region.ts';

/** The results of one kind of traffic. */
export interface Traffic {
  readonly requests: number;
  readonly failed: number;
  /** Messages of the first failures. */
  readonly failures: readonly string[];
}

const PACED_PER_SECOND = 40;
const KEPT_FAILURES = 20;
const LONGEST_RUN_SECONDS = 3600;
const BETWEEN_MS = 5;

/** wrk with keep-alive connections; ends when stopped. */
export class WrkLoad {
  readonly #child: ChildProcess;
  readonly #ended: Promise<{ stdout: string }>;

  constructor(url: string, connections = 32) {
    const args = ['-t2', `-c${connections}`, `-d${LONGEST_RUN_SECONDS}s`, '--timeout', '20s', '--latency', url];
    this.#child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = finished(this.#child);
    // `stop` reports a wrk that could not be started.
    this.#ended.catch(() => undefined);
  }

  async stop(): Promise<Traffic & { readonly report: string }> {
    this.#child.kill('SIGINT');
    const { stdout } = await this.#ended;
    const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? Number.NaN);
    const failures = stdout.split('\n').filter((line) => /Socket errors|Non-2xx/.test(line));
    if (Number.isNaN(requests)) failures.push('wrk printed no count: 1');
    const numbers = failures.flatMap((line) => line.match(/\d+(?!\w*xx)/g) ?? []);
    const failed = numbers.reduce((sum, text) => sum + Number(text), 0);
    return { requests, failed, failures, report: stdout };
  }
}

/** What sends requests until it is stopped, and then says how they went. */
export interface Load {
  stop(): Promise<Traffic>;
}

/**
 * Visitors of one page. In the long form as many as the machine takes, of wrk; otherwise so many a second that what is tested beside
 * them has the processors.
 */
export function visitors(url: string, connections?: number): Load {
  return long ? new WrkLoad(url, connections) : new PacedLoad(url);
}

/** Requests that become due at an even rate, whatever became of the earlier ones. */
class PacedLoad implements Load {
  readonly #schedule: Schedule;
  #stopped: Promise<Traffic> | undefined;

  constructor(url: string) {
    this.#schedule = new Schedule({ url, perSecond: PACED_PER_SECOND, connections: 32 });
  }

  stop(): Promise<Traffic> {
    this.#stopped ??= this.#schedule.stop().then(({ requests, failed, failures }) => ({
      requests,
      failed,
      failures: Object.entries(failures).map(([reason, count]) => `${count} × ${reason}`),
    }));
    return this.#stopped;
  }
}

/** Repeats an action until stopped. What the action throws counts as a failure. */
export class Loop {
  readonly #failures: string[] = [];
  readonly #done: Promise<void>;
  #requests = 0;
  #failed = 0;
  #stopped = false;

  constructor(action: (count: () => void) => Promise<void>) {
    this.#done = this.#run(action);
  }

  async stop(): Promise<Traffic> {
    this.#stopped = true;
    await this.#done;
    return { requests: this.#requests, failed: this.#failed, failures: this.#failures };
  }

  async #run(action: (count: () => void) => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      try {
        await action(() => {
          this.#requests += 1;
        });
      } catch (error) {
        this.#failed += 1;
        const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
        if (this.#failures.length < KEPT_FAILURES)
          this.#failures.push(`${new Date().toISOString()} ${String(error)}${cause}`);
      }
      await sleep(BETWEEN_MS);
    }
  }
}

/** Stores values with bodies and reads each one back. */
export function cacheTraffic({ production, cacheApiToken }: Connection): Loop {
  return new Loop(async (count) => {
    const url = `${production}/api/cache/e2e-${randomBytes(6).toString('hex')}`;
    const value = randomBytes(2048).toString('base64');
    const authorization = `Bearer ${cacheApiToken}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const put = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ value, ttl: 60 }) });
    count();
    if (put.status !== 201) throw new Error(`PUT answered ${put.status}: ${await put.text()}`);
    await put.arrayBuffer();
    const got = await fetch(url, { headers: { authorization } });
    count();
    const read = (await got.json()) as { value?: unknown };
    if (read.value !== value) throw new Error(`GET answered ${got.status} with another value`);
  });
}

export interface MadeImage {
  readonly url: string;
  readonly sha256: string;
}

/** Generates images, reads each one back at once and appends it to `made`. */
export function imageTraffic({ production }: Connection, made: MadeImage[], read = requireImage): Loop {
  return new Loop(async (count) => {
    const answer = await fetch(`${production}/api/generate-image`, { method: 'POST' });
    count();
    if (answer.status !== 201) throw new Error(`generate-image answered ${answer.status}: ${await answer.text()}`);
    const image = (await answer.json()) as MadeImage;
    made.push(image);
    await read(production, image);
    count();
  });
}

export async function requireImage(production: string, { url, sha256 }: MadeImage): Promise<void> {
  const answer = await fetch(`${production}${url}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error(`${url} has other bytes`);
}

/** Requests a slow page several times at once; every request must be answered. */
export function slowTraffic(url: string, together: number): Loop {
  return new Loop(async (count) => {
    const answers = await Promise.all(Array.from({ length: together }, () => fetch(url)));
    for (const answer of answers) {
      count();
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    }
  });
}

/**
 * As a client that comes back after a 503, which says that Blob could not be asked in time: on a busy machine that happens.
 * Anything else but the image is an error.
 */
export async function requireImageSoon(production: string, image: MadeImage): Promise<void> {
  await eventually(`${image.url} is readable`, async () => {
    const { status, body } = await fetch(`${production}${image.url}`);
    await body?.cancel();
    if (status !== 503) await requireImage(production, image);
    return status !== 503;
  });
}
