import { type Clock, monotonicClock } from '../../lib/clock.ts';
import { parseObject } from '../../lib/json.ts';

/** App Service's front ends give up on a request after 230 s. The deployment that it began goes on. */
const FRONT_END_GIVES_UP_MS = 200_000;
const PAUSE_IN_POLLS = 5;
/** How long a deployment that was not taken is sent again. */
const LIMIT_IN_POLLS = 90;

export interface Deployment {
  readonly id: string;
  readonly failed: boolean;
  /** The outcome is not known: the slot has to show it. */
  readonly unknown?: true;
  readonly message: string;
}

export interface PublishAnswer {
  /** Undefined when none came. */
  readonly status: number | undefined;
  readonly text: string;
}

/**
 * Sends a package to the SCM site until it has taken it. That site is a container of its own, which a change of the slot's
 * settings restarts some time later: it is unavailable for a moment, or stops a deployment and says so.
 */
export async function oneDeploy(
  send: () => Promise<PublishAnswer>,
  pollMs: number,
  clock: Clock = monotonicClock,
): Promise<Deployment> {
  const latest = clock.now() + LIMIT_IN_POLLS * pollMs;
  for (;;) {
    const began = clock.now();
    const answer = await send();
    const deployment = deploymentOf(answer, clock.now() - began);
    if (!deployment.failed || !isPassing(answer) || clock.now() > latest) return deployment;
    await clock.sleep(PAUSE_IN_POLLS * pollMs);
  }
}

export function deploymentOf({ status, text }: PublishAnswer, tookMs: number): Deployment {
  if (status !== undefined && status < 300) {
    const parsed = parseObject(text);
    const code = typeof parsed.status === 'number' ? parsed.status : undefined;
    return { id: String(parsed.id ?? ''), failed: code === 3, message: String(parsed.status_text ?? '') };
  }
  const message =
    status === undefined
      ? `the SCM site did not answer: ${text}`
      : `the SCM site answered ${status}: ${text.slice(0, 500)}`;
  if (status === 504 || ((status ?? 500) >= 500 && tookMs > FRONT_END_GIVES_UP_MS)) {
    return { id: '', failed: false, unknown: true, message };
  }
  return { id: '', failed: true, message };
}

/** A failure that a later try does not meet again. */
function isPassing({ status, text }: PublishAnswer): boolean {
  if (/SCM container restart/i.test(text)) return true;
  if (status === 409) return /in progress/i.test(text);
  return status === undefined || [429, 502, 503].includes(status);
}
