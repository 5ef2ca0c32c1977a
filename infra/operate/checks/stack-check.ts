import type { Finding } from '../../azure/doctor/check.ts';
import { type Runbook, runbookAddress } from '../../program/components/alerts/runbooks.ts';
import { SLOTS, type SlotName, type Stack } from '../stack.ts';

/** One question of `doctor` and `status` about a stack that is up. */
export interface StackCheck {
  readonly name: string;
  /** The smallest built-in role that may ask it. */
  readonly role: string;
  /** What the role is needed on, where that is not the resource group. */
  readonly scope?: (stack: Stack) => string;
  /** Rejects when there is no answer. */
  readonly run: (stack: Stack) => Promise<Finding[]>;
}

/** The same question about each slot, so that one without an answer leaves the other alone. */
export function ofEachSlot(
  name: string,
  role: string,
  run: (stack: Stack, slot: SlotName, check: string) => Promise<Finding[]>,
): StackCheck[] {
  return SLOTS.map((slot) => {
    const check = `${slot} ${name}`;
    return { name: check, role, run: (stack) => run(stack, slot, check) };
  });
}

/** The path of a runbook in the repository. */
export function runbook(name: Runbook): string {
  return runbookAddress('', name);
}

/** No alert leads to this one. */
export const DOES_NOT_START = 'docs/runbooks/does-not-start.md';

export function problemOf(
  check: string,
  found: string,
  fix: string,
  more: Pick<Finding, 'urgency' | 'since' | 'page'> = {},
): Finding {
  return { check, verdict: 'problem', found, fix, ...more };
}

export function note(check: string, found: string): Finding {
  return { check, verdict: 'note', found };
}

/** The findings, or what is said when there are none. */
export function orFine(findings: readonly Finding[], check: string, found: string): Finding[] {
  return findings.length > 0 ? [...findings] : [{ check, verdict: 'fine', found }];
}

export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
