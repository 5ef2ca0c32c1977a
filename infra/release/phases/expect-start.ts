import { SlipError } from '../../lib/errors.ts';
import type { RunningVersion } from '../appservice/web-slot.ts';
import type { ReleaseTarget } from '../target/target.ts';
import { type ExpectedVersion, type Expecting, expectVersion } from './expect-version.ts';
import type { Session } from './session.ts';

const TELLING_WORDS =
  /\b(error|fatal|failed|failure|not found|no such|denied|cannot|can't|syntax|refused|invalid|unable)\b/i;
const SHOWN_CHARACTERS = 300;

/** Waits until staging runs what was put there or prepared. When it does not start, the error quotes the line of its log that says why. */
export async function expectStart(
  { staging, target }: Pick<Session, 'staging' | 'target'>,
  expected: ExpectedVersion,
): Promise<RunningVersion> {
  try {
    return await expectVersion(staging, expected, starting(target));
  } catch (error) {
    throw await withLog(error, target);
  }
}

/** How long a slot that runs from something new is waited for. What comes next talks to any of its instances. */
function starting({ limits, management }: ReleaseTarget): Expecting {
  return { limitMs: limits.startMs, steadyMs: limits.steadyMs, pollMs: management.pollMs };
}

async function withLog(error: unknown, { slotLog }: Pick<ReleaseTarget, 'slotLog'>): Promise<unknown> {
  if (!(error instanceof SlipError) || error.code !== 'SLIP-RELEASE-NOT-STARTED') return error;
  const lines = (await slotLog().catch(() => [])).map((line) => line.trim()).filter((line) => line !== '');
  const line = lines.findLast((text) => TELLING_WORDS.test(text)) ?? lines.at(-1);
  if (line === undefined) return error;
  const found = `${error.detail.found}; its log says: ${line.slice(0, SHOWN_CHARACTERS)}`;
  return new SlipError(error.code, { ...error.detail, found });
}
