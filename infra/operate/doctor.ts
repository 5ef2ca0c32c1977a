import type { Finding } from '../azure/doctor/check.ts';
import { alerts } from './checks/alerts.ts';
import { answers } from './checks/answers.ts';
import { certificates } from './checks/certificates.ts';
import { drift, unreleased } from './checks/drift.ts';
import { logCap } from './checks/log-cap.ts';
import { mounts } from './checks/mounts.ts';
import { privateEndpoints } from './checks/private-endpoints.ts';
import { references } from './checks/references.ts';
import { releaseLock } from './checks/release-lock.ts';
import { resourceHealth } from './checks/resource-health.ts';
import { sidecars } from './checks/sidecars.ts';
import { instances, siteState } from './checks/site-state.ts';
import type { StackCheck } from './checks/stack-check.ts';
import { ask } from './question.ts';
import type { Stack } from './stack.ts';

/** What can be wrong with a stack that is up. Read-only. */
export const AFTER_UP: readonly StackCheck[] = [
  ...answers,
  ...siteState,
  ...instances,
  alerts,
  resourceHealth,
  ...references,
  ...mounts,
  privateEndpoints,
  certificates,
  sidecars,
  drift,
  unreleased,
  releaseLock,
  logCap,
];

/** Never rejects: a check without an answer is a finding that names what is missing. */
export async function examine(stack: Stack, checks: readonly StackCheck[] = AFTER_UP): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => examineOne(stack, check)))).flat();
}

async function examineOne(stack: Stack, { name, role, scope, run }: StackCheck): Promise<Finding[]> {
  const question = { what: name, role, scope: scope?.(stack) ?? stack.groupId };
  const asked = await ask(question, () => run(stack));
  if (asked.unasked === undefined) return asked.answer;
  const { what, why, fix } = asked.unasked;
  return [{ check: what, verdict: 'unknown', found: `could not be asked: ${why}`, fix }];
}
