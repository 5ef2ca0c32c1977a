import type { Finding } from '../../azure/doctor/check.ts';
import { describeHealth, type HealthCheck, readHealth } from '../../release/appservice/health.ts';
import { type Observation, versionOf } from '../../release/appservice/web-slot.ts';
import { lastLive } from '../../release/store/history.ts';
import type { SlotName, Stack } from '../stack.ts';
import { urgencyOf } from './site-state.ts';
import { DOES_NOT_START, note, ofEachSlot, orFine, problemOf, runbook } from './stack-check.ts';

const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_VERIFY)/;

/** Asks the slot itself, the way that visitors come: no role is needed. */
export const answers = ofEachSlot('answers', 'none', async (stack, slot, check) => {
  const alive = await stack.web[slot].ask('/_slipway/version');
  if (alive.status !== 200) return [await unanswered(stack, slot, check, alive)];
  const health = await readHealth(stack.web[slot]);
  if (health.status !== 'pass' && health.checks.size === 0) {
    return [
      problemOf(check, describeHealth(health), logsOf(stack, slot), { urgency: urgencyOf(slot), page: pageOf(slot) }),
    ];
  }
  const wrong = [...health.checks].filter(([, { status }]) => status !== 'pass');
  return orFine(
    wrong.map(([name, found]) => unhealthy(check, slot, name, found)),
    check,
    `version ${versionOf(alive)?.version ?? 'unknown'}, healthy`,
  );
});

async function unanswered(stack: Stack, slot: SlotName, check: string, seen: Observation): Promise<Finding> {
  const { status, reason } = seen;
  const released = await stack.history().then(
    (history) => lastLive(history) !== undefined,
    () => true,
  );
  if (!released) return note(check, `nothing has been released yet: ./slipway release --stack ${stack.name}`);
  if (CERTIFICATE.test(reason ?? '')) {
    const fix = 'renew it, or see why Azure does not: the check "certificates" below';
    return problemOf(check, `its certificate is not accepted: ${reason}`, fix, {
      urgency: urgencyOf(slot),
      page: pageOf(slot),
    });
  }
  const found = status === undefined ? `nothing: ${reason ?? 'no answer'}` : `${status} instead of its version`;
  return problemOf(check, found, logsOf(stack, slot), { urgency: urgencyOf(slot), page: pageOf(slot) });
}

function unhealthy(check: string, slot: SlotName, name: string, { status, output }: HealthCheck): Finding {
  const said = output === '' ? '' : `: ${output}`;
  const fix = 'what answers meanwhile, and what to do, is on the page';
  const urgency = status === 'fail' ? urgencyOf(slot) : 2;
  return problemOf(check, `${name} ${status}${said}`, fix, { urgency, page: runbook('dependency-down') });
}

function pageOf(slot: SlotName): string {
  return slot === 'production' ? runbook('production-down') : DOES_NOT_START;
}

function logsOf({ name }: Stack, slot: SlotName): string {
  return `./slipway logs --stack ${name} --slot ${slot} shows why; after a release: ./slipway rollback --stack ${name}`;
}
