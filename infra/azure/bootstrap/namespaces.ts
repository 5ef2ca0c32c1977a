import type { Evaluation } from '../../evaluate/recorded.ts';

/** Needed behind the scenes of what the program creates: alerts, dashboards, quotas, budgets. */
export const REGISTERED_TOO = [
  'Microsoft.AlertsManagement',
  'Microsoft.Consumption',
  'Microsoft.Insights',
  'Microsoft.ManagedIdentity',
  'Microsoft.OperationalInsights',
  'Microsoft.Portal',
] as const;

/** Every subscription has these, and they cannot be registered. */
const ALWAYS_THERE = ['Microsoft.Authorization', 'Microsoft.Resources'];

/** The resource providers whose resources a program creates. */
export function namespacesOf({ resources }: Evaluation): string[] {
  const found = resources.flatMap(({ id }) =>
    [...id.matchAll(/\/providers\/(Microsoft\.\w+)\//g)].map(([, name = '']) => name),
  );
  return [...new Set(found)].filter((name) => !ALWAYS_THERE.includes(name)).sort();
}
