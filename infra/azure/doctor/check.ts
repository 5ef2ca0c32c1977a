import type { Evaluation } from '../../evaluate/recorded.ts';
import { textOf } from '../../lib/json.ts';
import type { Arm, ArmAnswer } from '../arm.ts';

/** What a check may look at: the program as it would be created, and Azure, read-only. */
export interface Patient {
  readonly arm: Arm;
  readonly evaluation: Evaluation;
  readonly subscriptionId: string;
  readonly location: string;
}

export interface Finding {
  readonly check: string;
  readonly verdict: 'fine' | 'problem' | 'unknown';
  readonly found: string;
  /** For everything that is not fine. */
  readonly fix?: string;
}

export interface Check {
  readonly name: string;
  readonly examine: (patient: Patient) => Promise<Finding[]>;
}

export function fine(check: string, found: string): Finding {
  return { check, verdict: 'fine', found };
}

export function problem(check: string, found: string, fix: string): Finding {
  return { check, verdict: 'problem', found, fix };
}

/** Azure did not say: no reason to stop, no reason to be sure. */
export function unknown(check: string, what: string, { status, body }: ArmAnswer): Finding {
  const said = textOf(body, 'error', 'message') || textOf(body, 'message');
  return {
    check,
    verdict: 'unknown',
    found: `Azure did not say ${what}: ${status}${said === '' ? '' : ` ${said.slice(0, 200)}`}`,
    fix: 'the first `pulumi up` will tell',
  };
}
