import type { Evaluation } from '../../evaluate/recorded.ts';

/** Providers that Azure needs for alerts, dashboards, quotas and budgets. */
export const REGISTERED_TOO = [
  'Microsoft.AlertsManagement',
  'Microsoft.Consumption',
  'Microsoft.Insights',
  'Microsoft.ManagedIdentity',
  'Microsoft.OperationalInsights',
  'Microsoft.Portal',
] as const;

/** Always available; they cannot be registered. */
const ALWAYS_THERE = ['Microsoft.Authorization', 'Microsoft.Resources'];

/** Resource providers of the program's resources. */
export function namespacesOf({ resources }: Evaluation): string[] {
  const found = resources.flatMap(({ id }) =>
    [...id.matchAll(/\/providers\/(Microsoft\.\w+)\//g)].map(([, name = '']) => name),
  );
  return [...new Set(found)].filter((name) => !ALWAYS_THERE.includes(name)).sort();
}
