import type { Finding } from '../../azure/doctor/check.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { textOf } from '../../lib/json.ts';
import type { Stack } from '../stack.ts';
import { orFine, problemOf, type StackCheck } from './stack-check.ts';

const NAME = 'alerts';
const PAGE = 'docs/runbooks/alerts.md';
const URGENCY: Readonly<Record<string, 1 | 2 | 3>> = { Sev0: 1, Sev1: 1, Sev2: 2, Sev3: 3, Sev4: 3 };

/** Alerts of Azure Monitor whose condition holds now. */
export const alerts: StackCheck = {
  name: NAME,
  role: 'Monitoring Reader',
  run: async (stack) => {
    const { subscriptionId, resourceGroup } = stack.target.site;
    const filter = new URLSearchParams({
      targetResourceGroup: resourceGroup,
      monitorCondition: 'Fired',
      timeRange: '30d',
      pageCount: '250',
    });
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.AlertsManagement/alerts?${filter}`;
    const fired = (await stack.arm.list(path, AZURE_API.alerts)).filter((alert) => isOpen(alert));
    return orFine(
      newestOfEach(fired).map((alert) => asFinding(stack, alert)),
      NAME,
      'none fires',
    );
  },
};

/** Somebody who closed an alert has dealt with it, whatever its condition. */
function isOpen(alert: unknown): boolean {
  return (
    textOf(alert, 'properties', 'essentials', 'monitorCondition') === 'Fired' &&
    textOf(alert, 'properties', 'essentials', 'alertState') !== 'Closed'
  );
}

/** A rule that fires for several resources is one thing to do. */
function newestOfEach(alerts: readonly unknown[]): unknown[] {
  return [...new Map(alerts.toReversed().map((alert) => [ruleOf(alert), alert])).values()];
}

function asFinding(stack: Stack, alert: unknown): Finding {
  const essentials = (member: string): string => textOf(alert, 'properties', 'essentials', member);
  const severity = essentials('severity');
  // The rules of the program end their description with the address of their runbook; other rules have none.
  const [about = '', page = PAGE] = essentials('description').split(' What to do: ');
  return problemOf(
    NAME,
    `${ruleOf(alert)} (${severity}) on ${essentials('targetResourceName')}: ${about || textOf(alert, 'name')}`,
    `the runbook; it closes by itself once its condition is gone. Began it with a release: ./slipway rollback --stack ${stack.name}`,
    { urgency: URGENCY[severity] ?? 2, since: essentials('startDateTime'), page },
  );
}

function ruleOf(alert: unknown): string {
  return textOf(alert, 'properties', 'essentials', 'alertRule').split('/').at(-1) ?? '';
}
