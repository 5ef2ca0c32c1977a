import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';
import type { TargetLimits } from '../target/target.ts';
import type { Session } from './session.ts';

const SLACK_MS = 5_000;
/** Long enough for what is on its way, short enough for somebody who is on call. */
const BRIEFLY_SECONDS = 1;
const BRIEFLY_SLACK_MS = 500;

interface Draining extends Pick<Session, 'production' | 'tokens'> {
  readonly target: { readonly limits: Pick<TargetLimits, 'drainMs'> };
}

/** Has production carry everything in its outbox to Blob: the outbox moves with the slot, out of visitors' sight. */
export async function drain(session: Draining, note: (text: string) => void): Promise<void> {
  const { drainMs } = session.target.limits;
  const seconds = drainMs / 1000;
  const began = performance.now();
  const answer = await session.production.ask(`/_slipway/release/drain?timeout=${seconds}`, {
    method: 'POST',
    token: session.tokens.release,
    timeoutMs: drainMs + SLACK_MS,
  });
  if (answer.status === 200) return;
  if (answer.status === 404) {
    await assertTokenIsKnown(session);
    note('the version in production cannot drain');
    return;
  }
  const left = parseObject(answer.text).leftCount;
  throw new SlipError('SLIP-RELEASE-DRAIN', {
    found:
      answer.status === 504
        ? `${left ?? 'some'} images are not in Blob after a drain of ${secondsSince(began)} s`
        : `production’s sidecar could not drain its outbox (${answer.status ?? answer.reason})`,
    expected: 'every image in Blob before the swap, so that none is out of sight after it',
    fix: 'see ./slipway media list and the sidecar’s logs; ./slipway rollback does not wait for this',
  });
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}

/** For going back, which waits for no image: says whether some are still on their way. */
export async function drainBriefly({
  production,
  tokens,
}: Pick<Session, 'production' | 'tokens'>): Promise<string | undefined> {
  const { status } = await production.ask(`/_slipway/release/drain?timeout=${BRIEFLY_SECONDS}`, {
    method: 'POST',
    token: tokens.release,
    timeoutMs: BRIEFLY_SECONDS * 1000 + BRIEFLY_SLACK_MS,
  });
  return status === 200
    ? undefined
    : `what was live has not said that all its images are in Blob (${status ?? 'no answer'}): the rest waits in its outbox, none is lost`;
}

/** With another token nothing below /_slipway/release/ is there. What every release needs is there with the right one. */
async function assertTokenIsKnown({ production, tokens }: Draining): Promise<void> {
  const { status } = await production.ask('/_slipway/release/warm', { token: tokens.release });
  if (status === 405) return;
  throw new SlipError('SLIP-RELEASE-TOKEN', {
    found: `production does not take the release token (${status ?? 'no answer'}), so its outbox cannot be drained`,
    expected: 'the RELEASE_TOKEN that the program wants: 405 to a GET of /_slipway/release/warm',
    fix: 'was the secret changed? Restart production, so that it reads the secret anew, then repeat the command',
  });
}
