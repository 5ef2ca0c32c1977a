import { type Clock, monotonicClock } from '../../lib/clock.ts';
import { SlipError } from '../../lib/errors.ts';
import { asObject, parseObject } from '../../lib/json.ts';
import { untilDefined, untilTrue } from '../../lib/until.ts';
import type { Observation } from '../appservice/web-slot.ts';
import type { TargetLimits } from '../target/target.ts';
import type { Session } from './session.ts';

const PATH = '/_slipway/release/live';
/** An instance notices the withdrawal within a second; one that died counts as running for 20 s. */
const SLACK_MS = 25_000;
const BRIEFLY_MS = 3_000;
const BRIEFLY_ASK_MS = 1_000;

export interface Declaring extends Pick<Session, 'production' | 'tokens'> {
  /** Asked before every change: a command that was stopped meanwhile is not to end the workers of another's release. */
  readonly lock: Pick<Session['lock'], 'assertHeld'>;
  readonly target: {
    readonly limits: Pick<TargetLimits, 'liveMs'>;
    readonly management: { readonly pollMs: number };
  };
  /** Default: the machine's. */
  readonly clock?: Clock;
}

export interface DeclaredState {
  readonly version: string;
  /** The version whose workers and schedule run. */
  readonly declared: string | null;
  /** Whether the application has workers or a schedule. */
  readonly hasWorkers: boolean;
  /** What each instance said last of its workers and its schedule. */
  readonly instances: readonly Readonly<Record<string, unknown>>[];
}

interface Withdrawing {
  /** Told before production is, since a withdrawal whose answer is lost has to be undone as well. */
  withdraws(): void;
}

/**
 * Declares the version that production runs live, so that its workers and its schedule run. Resolves with what a person has to know when
 * that could not be done; a package from before there were workers has none.
 */
export async function declareLive(session: Declaring, version: string): Promise<string | undefined> {
  const { production, tokens, target, lock, clock } = session;
  const waiting = { limitMs: target.limits.liveMs, pollMs: target.management.pollMs };
  let last: Observation | undefined;
  const done = await untilTrue({ ...waiting, ...(clock === undefined ? {} : { clock }) }, async () => {
    lock.assertHeld();
    const put = { method: 'PUT', token: tokens.release };
    last = await production.ask(`${PATH}?version=${encodeURIComponent(version)}`, put);
    return last.status === 200 || last.status === 404;
  });
  return done
    ? undefined
    : `${version} could not be declared live (${last?.status ?? last?.reason}), so its workers and schedule do not run: ./slipway heal`;
}

/**
 * Has production end its workers, before a swap takes it out of visitors' sight. Resolves when nothing of them runs on any instance.
 * Throws SLIP-RELEASE-WORKERS.
 */
export async function withdrawLive(
  session: Declaring,
  attempt: Withdrawing,
  { onProgress, beat }: { readonly onProgress: (text: string) => void; readonly beat: () => void },
): Promise<void> {
  attempt.withdraws();
  const { target, clock = monotonicClock } = session;
  const { pollMs } = target.management;
  const began = clock.now();
  const first = await untilDefined({ limitMs: target.limits.liveMs, pollMs, clock }, async () => {
    const answer = await ask(session, 'DELETE');
    return answer.status === 200 || answer.status === 404 ? answer : undefined;
  });
  if (first === undefined) throw notEnded('production could not be told to end its workers');
  const names = runningIn(first);
  if (names === undefined) return;
  if (names.length > 0) onProgress(`waiting for workers to end: ${names.join(', ')}`);
  const limitMs = stopMsOf(first) + SLACK_MS;
  let left: readonly string[] = names;
  const ended = await untilTrue({ limitMs, pollMs, clock }, async () => {
    beat();
    const answer = await ask(session, 'GET');
    const now = answer.status === 200 ? runningIn(answer) : left;
    left = now ?? [];
    return now === undefined;
  });
  if (ended) return;
  const seconds = Math.round((clock.now() - began) / 1000);
  throw notEnded(`workers of production still run after ${seconds} s: ${left.join(', ') || 'no instance says which'}`);
}

/** For a rollback, which waits a moment for jobs and then says what still runs: it ends with its container. */
export async function withdrawBriefly(session: Declaring, attempt: Withdrawing): Promise<string | undefined> {
  attempt.withdraws();
  const { clock = monotonicClock, target } = session;
  let left: readonly string[] | undefined;
  const waiting = { limitMs: BRIEFLY_MS, pollMs: target.management.pollMs, clock };
  let method: 'DELETE' | 'GET' = 'DELETE';
  const ended = await untilTrue(waiting, async () => {
    const answer = await ask(session, method, BRIEFLY_ASK_MS);
    if (answer.status === 404) return true;
    if (answer.status !== 200) return false;
    method = 'GET';
    left = runningIn(answer);
    return left === undefined;
  });
  if (ended) return undefined;
  const what = left === undefined ? 'has not said that its workers have ended' : `still runs ${left.join(', ')}`;
  return `what was live ${what}: a job that does not end before its container restarts is begun again by its queue`;
}

/** For swapping back, which waits for nothing. */
export async function withdrawAtOnce(session: Declaring): Promise<void> {
  await ask(session, 'DELETE', BRIEFLY_ASK_MS);
}

/** What production says of its workers; undefined when it does not answer, or is from before there were any. */
export async function readDeclared({
  production,
  tokens,
}: Pick<Declaring, 'production' | 'tokens'>): Promise<DeclaredState | undefined> {
  const { status, text } = await production.ask(PATH, { token: tokens.release });
  if (status !== 200) return undefined;
  const { version, declared, hasWorkers, instances } = parseObject(text);
  return {
    version: String(version),
    declared: typeof declared === 'string' ? declared : null,
    hasWorkers: hasWorkers === true,
    instances: instancesOf(instances),
  };
}

async function ask(
  { production, tokens, lock }: Declaring,
  method: 'DELETE' | 'GET',
  timeoutMs?: number,
): Promise<Observation> {
  if (method === 'DELETE') lock.assertHeld();
  return production.ask(PATH, { method, token: tokens.release, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

/** Names of what still runs; undefined when nothing does and nothing can begin. */
function runningIn({ text }: Observation): readonly string[] | undefined {
  const { running, instances } = parseObject(text);
  if (running !== true) return undefined;
  return instancesOf(instances).flatMap(({ workers, schedule }) => [
    ...instancesOf(workers).flatMap(({ name, pid }) => (typeof pid === 'number' ? [String(name)] : [])),
    ...instancesOf(schedule).flatMap(({ entry, pid }) => (typeof pid === 'number' ? [`schedule ${entry}`] : [])),
  ]);
}

function stopMsOf({ text }: Observation): number {
  const seconds = instancesOf(parseObject(text).instances).map(({ stopSeconds }) => Number(stopSeconds ?? 0));
  return 1000 * Math.max(0, ...seconds.filter(Number.isFinite));
}

function instancesOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

function notEnded(found: string): SlipError {
  return new SlipError('SLIP-RELEASE-WORKERS', {
    found,
    expected: 'every worker and scheduled command of production to have ended before the swap',
    fix: 'see ./slipway status and the logs of the workers; ./slipway rollback does not wait for them',
  });
}
