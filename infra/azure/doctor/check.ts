import type { Evaluation } from '../../evaluate/recorded.ts';
import { textOf } from '../../lib/json.ts';
import type { Arm, ArmAnswer } from '../arm.ts';

/** Input of a check: the evaluated program and Azure, read-only. */
export interface CheckContext {
  readonly arm: Arm;
  readonly evaluation: Evaluation;
  readonly subscriptionId: string;
  readonly location: string;
}

export interface Finding {
  readonly check: string;
  /** `note`: nothing is wrong, and whoever looks wants to know it. `unknown`: it could not be asked. */
  readonly verdict: 'fine' | 'note' | 'problem' | 'unknown';
  readonly found: string;
  /** Present unless the verdict is `fine`. */
  readonly fix?: string;
  /** Of a problem. 1: visitors notice. 2: today. 3: some day. Default: 2 */
  readonly urgency?: 1 | 2 | 3;
  /** When it began, ISO. */
  readonly since?: string;
  /** Page of the repository that says more, with its anchor. */
  readonly page?: string;
}

export interface Check {
  readonly name: string;
  readonly run: (context: CheckContext) => Promise<Finding[]>;
}

export function fine(check: string, found: string): Finding {
  return { check, verdict: 'fine', found };
}

export function problem(check: string, found: string, fix: string): Finding {
  return { check, verdict: 'problem', found, fix };
}

/** For an answer of Azure that says neither yes nor no. */
export function unknown(check: string, what: string, { status, body }: ArmAnswer): Finding {
  const said = textOf(body, 'error', 'message') || textOf(body, 'message');
  return {
    check,
    verdict: 'unknown',
    found: `Azure did not say ${what}: ${status}${said === '' ? '' : ` ${said.slice(0, 200)}`}`,
    fix: 'the first `pulumi up` shows it',
  };
}
