import type { Evaluation } from '../evaluate/recorded.ts';
import { SlipError } from '../lib/errors.ts';
import type { HouseRule } from './rule.ts';
import { HOUSE_RULES } from './rules.ts';

/** A rule with its violations; none when it holds. */
export interface CheckedRule {
  readonly rule: string;
  readonly about: string;
  readonly violations: readonly string[];
}

/** Every rule of the house over an evaluated stage. */
export function checkRules(evaluation: Evaluation, rules: readonly HouseRule[] = HOUSE_RULES): CheckedRule[] {
  return rules.map(({ name, about, findings }) => ({
    rule: name,
    about,
    violations: findings(evaluation).map(({ resource, problem }) => `${resource}: ${problem}`),
  }));
}

/** The rules for a terminal. */
export function checkedText(checked: readonly CheckedRule[]): string {
  return checked
    .flatMap(({ rule, about, violations }) => [
      `${violations.length === 0 ? 'ok' : 'NO'}  ${rule}: ${about}`,
      ...violations.map((violation) => `    ${violation}`),
    ])
    .join('\n');
}

/** Throws SLIP-POLICY-VIOLATED when a rule does not hold. */
export function assertNoViolation(checked: readonly CheckedRule[], stage: string): void {
  const violated = checked.filter(({ violations }) => violations.length > 0);
  if (violated.length === 0) return;
  throw new SlipError('SLIP-POLICY-VIOLATED', {
    found: `stage ${stage} violates ${violated.length} of ${checked.length} rules: ${violated.map(({ rule }) => rule).join(', ')}`,
    fix: 'change the program so that they hold; infra/policy has the rules, and each violation above names its resource',
  });
}
