import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import type { Edit } from './package-variant.ts';

const EVERY_MS = 40;

/** A job as the application queued it, and by which version it was done; the same job may be done more than once. */
export interface DoneJob {
  readonly id: number;
  readonly queuedBy: string;
  readonly doneBy: string;
}

/** What the schedule did. */
export interface ScheduleSeen {
  readonly runs: number;
  /** Minutes that an instance claimed, in order. */
  readonly minutes: readonly number[];
}

const REDIS = `
  $redis = new Redis();
  $tls = ['stream' => ['cafile' => getenv('TLS_CA_FILE')]];
  $redis->connect('tls://'.getenv('REDIS_HOST'), (int) getenv('REDIS_PORT'), 2, null, 0, 2, $tls);
  $redis->auth(getenv('REDIS_PASSWORD'));
  $version = json_decode(file_get_contents(__DIR__.'/version.json'), true)['version'];`;

/** Takes a job, does it, and only then forgets it, as queues of frameworks do. What a killed one was at is begun again. */
const worker = `<?php${REDIS}
  pcntl_async_signals(true);
  $isWanted = true;
  pcntl_signal(SIGTERM, function () use (&$isWanted) { $isWanted = false; });
  while ($redis->rPopLPush('test:begun', 'test:jobs')) {}
  while ($isWanted) {
    if (false === $job = $redis->rPopLPush('test:jobs', 'test:begun')) { usleep(10000); continue; }
    usleep(20000);
    $redis->rPush('test:done', json_encode(json_decode($job, true) + ['doneBy' => $version]));
    $redis->lRem('test:begun', $job, 1);
  }`;

const scheduled = `<?php${REDIS}
  $redis->incr('test:runs');`;

const routes = `
  if (str_starts_with($_SERVER['REQUEST_URI'], '/test-queue')) {
    ${REDIS.replace('__DIR__', 'dirname(__DIR__)')}
    header('Content-Type: application/json');
    if ('POST' === $_SERVER['REQUEST_METHOD']) {
      $redis->lPush('test:jobs', json_encode(['id' => (int) $_GET['id'], 'queuedBy' => $version]));
      exit('{}');
    }
    $list = fn (string $key): array => array_map(json_decode(...), $redis->lRange($key, 0, -1));
    $runs = (int) $redis->get('test:runs');
    $claims = preg_grep('/:\\d+$/', $redis->keys('slipway:schedule:*'));
    $minutes = array_map(fn (string $key): int => (int) substr(strrchr($key, ':'), 1), array_values($claims));
    sort($minutes);
    exit(json_encode(['done' => $list('test:done'), 'runs' => $runs, 'minutes' => $minutes]));
  }
`;

/** Edits of the built-in application that give it a queue with a worker, and a schedule. */
export const withQueue: Readonly<Record<string, Edit>> = {
  'worker.php': () => worker,
  'scheduled.php': () => scheduled,
  'public/index.php': (php) => php.replace('use App', () => `${routes}use App`),
  'slipway/app.json': (text) => {
    const description = JSON.parse(text);
    const { application } = description;
    const workers = { queue: { run: ['php', 'worker.php'], stopSeconds: 20 } };
    const schedule = { '* * * * *': ['php', 'scheduled.php'] };
    return JSON.stringify({ ...description, application: { ...application, workers, schedule } });
  },
};

/** Resolves when every job that was taken is done. */
export async function allDone(traffic: QueueTraffic, taken: readonly number[]): Promise<void> {
  await eventually('every job is done', async () => {
    const ids = new Set((await traffic.seen()).done.map(({ id }) => id));
    return taken.every((id) => ids.has(id));
  });
}

/** Queues jobs one after the other until it is stopped; resolves with the ids of those that the application took. */
export class QueueTraffic {
  readonly #url: string;
  readonly #taken: number[] = [];
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;

  constructor(production: string) {
    this.#url = `${production}/test-queue`;
    this.#done = this.#run();
  }

  async stop(): Promise<readonly number[]> {
    this.#stopping.abort();
    await this.#done;
    return this.#taken;
  }

  /** What was done until now. */
  async seen(): Promise<ScheduleSeen & { readonly done: readonly DoneJob[] }> {
    const answer = await fetch(this.#url);
    if (!answer.ok) throw new Error(`${this.#url} answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as ScheduleSeen & { done: DoneJob[] };
  }

  async #run(): Promise<void> {
    // No other job of the region has these numbers.
    for (let id = Date.now(); !this.#stopping.signal.aborted; id++) {
      const answer = await fetch(`${this.#url}?id=${id}`, { method: 'POST' }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.status === 200) this.#taken.push(id);
      await sleep(EVERY_MS);
    }
  }
}
