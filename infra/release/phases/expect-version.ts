import { monotonicClock } from '../../lib/clock.ts';
import { SlipError } from '../../lib/errors.ts';
import { untilDefined, type Waiting } from '../../lib/until.ts';
import { type Observation, type RunningVersion, versionOf, type WebSlot } from '../appservice/web-slot.ts';
import { redirects } from '../gates/answers.ts';

/** Several instances answer in turn, and a container that is going still answers while the new one comes. */
const ANSWERS_IN_A_ROW = 3;
const REDIRECTS_IN_A_ROW = 3;
/** Longer than the edge waits for an app. What takes longer is a connection that leads nowhere, and is asked for anew. */
const ANSWER_MS = 70_000;

export interface Expecting extends Waiting {
  /** How long every answer has to be as expected: the instances of a slot do not all restart at once. Default: no time. */
  readonly steadyMs?: number;
}

export interface ExpectedVersion {
  readonly version: string;
  /** The sticky setting it has to show. */
  readonly slot: 'production' | 'staging';
}

/** Waits until a slot answers with the version, several times in a row and for the time it has to be steady. Throws what kept it from doing so. */
export async function expectVersion(
  slot: WebSlot,
  expected: ExpectedVersion,
  waiting: Expecting,
): Promise<RunningVersion> {
  const { limitMs, pollMs, steadyMs = 0, clock = monotonicClock } = waiting;
  let row = 0;
  let redirected = 0;
  let last: Observation | undefined;
  const found = await untilDefined(waiting, async () => {
    for (const began = clock.now(); ; ) {
      last = await slot.ask('/_slipway/version', { timeoutMs: Math.min(limitMs, ANSWER_MS) });
      redirected = isRedirect(last) ? redirected + 1 : 0;
      if (redirected >= REDIRECTS_IN_A_ROW)
        throw redirects(`${slot.url}/_slipway/version`, last.status ?? 0, last.location);
      const running = versionOf(last);
      row = running?.version === expected.version && running.slot === expected.slot ? row + 1 : 0;
      if (row === 0) return undefined;
      if (row >= ANSWERS_IN_A_ROW && clock.now() - began >= steadyMs) return running;
      if (steadyMs > 0) await clock.sleep(pollMs);
    }
  });
  return found ?? fail(notAsExpected(slot, expected, last, waiting));
}

function notAsExpected(
  { url }: WebSlot,
  expected: ExpectedVersion,
  last: Observation | undefined,
  { limitMs }: Waiting,
): SlipError {
  const seconds = Math.round(limitMs / 1000);
  const running = last === undefined ? undefined : versionOf(last);
  if (running !== undefined) {
    return new SlipError('SLIP-RELEASE-STALE-BUILD', {
      found: `${url} still runs version ${running.version} as ${running.slot || 'no slot'} after ${seconds} s`,
      expected: `version ${expected.version} as ${expected.slot}`,
      fix: 'see the deployment’s log on the SCM site and the slot’s logs; then repeat the command',
    });
  }
  const status = last?.status;
  if (status === undefined || status === 502 || status === 503 || status === 504) {
    return new SlipError('SLIP-RELEASE-NOT-STARTED', {
      found: `${url} does not answer ${seconds} s after it was started (${status ?? last?.reason ?? 'nothing'})`,
      expected: `version ${expected.version}`,
      fix: 'see the slot’s logs (./slipway logs, or the log stream): startup.sh, php-fpm or nginx end at once',
    });
  }
  return new SlipError('SLIP-RELEASE-STATUS', {
    found: `${url}/version answers ${status}`,
    expected: `200 with version ${expected.version}`,
    fix: 'see the slot’s logs (./slipway logs, or the log stream)',
  });
}

function isRedirect({ status }: Observation): boolean {
  return status !== undefined && status >= 300 && status < 400;
}

function fail(error: SlipError): never {
  throw error;
}
