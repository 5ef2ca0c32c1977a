import { type Clock, monotonicClock } from '../../lib/clock.ts';
import { SlipError } from '../../lib/errors.ts';
import { percentile } from '../../lib/percentile.ts';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';

const ASK_EVERY_MS = 200;
const LIFE_PATH = '/_slipway/live';

export interface WatchBudget {
  readonly seconds: number;
  /** Allowed increase in the share of failed requests over the old version. */
  readonly errorShare: number;
  /** Allowed increase in p95 over the old version, in milliseconds. */
  readonly p95Ms: number;
}

export interface Watched {
  readonly sent: number;
  readonly errors: number;
  /** Of the requests that were answered with 200. */
  readonly p95Ms: number;
  /** What the first failed request was answered. */
  readonly firstError?: string | undefined;
}

export interface Watching {
  /** What both versions are asked in turn; each answers 200 when all is well. */
  readonly paths: readonly string[];
  /** How long the old version may take to come back: a swap ends with its restart. */
  readonly oldBackWithinMs: number;
  readonly beat: () => void;
  readonly onProgress: (text: string) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** A single failed request is no trend. So each path is asked at least this often, also on a slow line. */
const FEWEST_ERRORS = 2;

interface Turn {
  readonly path: string;
  readonly production: Observation;
  readonly old: Observation;
  /** The old version was up, so its failures excuse the same ones of production. */
  readonly comparable: boolean;
}

/**
 * Sends production and the old version, now in staging, the same requests at the same time, until both were compared for
 * the budget's seconds and on each path at least twice. A failure of both is not the release's fault. Failures of the old version while it restarts do not
 * count; when it does not come back, production is judged alone. Throws SLIP-RELEASE-WORSE when production is worse by
 * more than the budget.
 */
export async function watch(
  production: WebSlot,
  old: WebSlot,
  budget: WatchBudget,
  { paths, oldBackWithinMs, beat, onProgress, clock = monotonicClock }: Watching,
): Promise<Watched> {
  const seen: Turn[] = [];
  const wantedMs = budget.seconds * 1000;
  const latest = clock.now() + wantedMs + oldBackWithinMs;
  let waiting = false;
  let comparedMs = 0;
  const fewestTurns = paths.length * FEWEST_ERRORS;
  let comparedTurns = 0;
  for (let turn = 0; (comparedMs < wantedMs || comparedTurns < fewestTurns) && clock.now() < latest; turn++) {
    const path = paths[turn % paths.length] ?? '/';
    const began = clock.now();
    const [here, there, life] = await Promise.all([production.ask(path), old.ask(path), old.ask(LIFE_PATH)]);
    const comparable = life.status === 200;
    seen.push({ path, production: here, old: there, comparable });
    beat();
    if (!comparable && !waiting) onProgress('waiting for the previous version, to compare with it');
    waiting = !comparable;
    await clock.sleep(Math.max(0, ASK_EVERY_MS - (clock.now() - began)));
    if (!comparable) continue;
    comparedMs += clock.now() - began;
    comparedTurns += 1;
  }
  const compared = seen.filter(({ comparable }) => comparable);
  // The old version may never come back from its restart: then every answer of production counts.
  const judged = comparedMs >= wantedMs ? compared : seen;
  const now = summary(judged.map(({ path, production }) => ({ path, ...production })));
  const before = summary(compared.map(({ path, old }) => ({ path, ...old })));
  const problem = worse(now, before, budget);
  if (problem === undefined) return now;
  throw new SlipError('SLIP-RELEASE-WORSE', {
    found: `production is worse than the previous version: ${problem}`,
    expected: `at most ${budget.errorShare * 100} percentage points more failed requests and ${budget.p95Ms} ms more at p95`,
    fix: 'see the logs of the version that was tried; its slot keeps it',
  });
}

export function worse(now: Watched, before: Watched, budget: WatchBudget): string | undefined {
  const share = ({ errors, sent }: Watched): number => (sent === 0 ? 0 : errors / sent);
  if (now.errors - before.errors >= FEWEST_ERRORS && share(now) - share(before) > budget.errorShare) {
    return `${now.errors} of ${now.sent} requests failed (${now.firstError}), before ${before.errors} of ${before.sent}`;
  }
  // A version that fails at once is fast: its latency is no measure.
  if (before.errors < before.sent && now.p95Ms - before.p95Ms > budget.p95Ms) {
    return `p95 is ${Math.round(now.p95Ms)} ms, before ${Math.round(before.p95Ms)} ms`;
  }
  return undefined;
}

function summary(seen: readonly (Observation & { readonly path: string })[]): Watched {
  const failed = seen.filter(({ status }) => status !== 200);
  const [first] = failed;
  const answered = seen.filter(({ status }) => status === 200);
  return {
    sent: seen.length,
    errors: failed.length,
    p95Ms: percentile(
      answered.map(({ ms }) => ms),
      0.95,
    ),
    firstError:
      first === undefined ? undefined : `${first.path}: ${first.status ?? first.reason} ${first.text.slice(0, 300)}`,
  };
}
