import type { Input } from '@pulumi/pulumi';
import type { Config } from '../../config/config.ts';

interface ScaleRule {
  readonly metricName: string;
  readonly above: number;
  readonly below: number;
}

/**
 * Scales out after 5 minutes above a threshold and in after 15 minutes below one. Azure scales out when any rule applies and
 * in only when all do, so two metrics do not make it flap.
 * https://learn.microsoft.com/azure/azure-monitor/autoscale/autoscale-best-practices
 */
const RULES: readonly ScaleRule[] = [
  { metricName: 'CpuPercentage', above: 70, below: 35 },
  { metricName: 'MemoryPercentage', above: 80, below: 65 },
  { metricName: 'HttpQueueLength', above: 10, below: 1 },
];
const OUT = { window: 'PT5M', cooldown: 'PT5M' };
const IN = { window: 'PT15M', cooldown: 'PT15M' };

const WORKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];

/**
 * The default profile, the one for busy hours, and the one that ends them. A recurring profile is valid until the next one
 * begins; Azure recognizes the last as the end of the busy hours by its name.
 * https://learn.microsoft.com/azure/azure-monitor/autoscale/autoscale-multiprofile
 */
export function autoscaleProfiles({ autoscale, plan }: Config, planId: Input<string>) {
  const { min, max, busyMin, busyHours, timeZone } = autoscale;
  const [from = '', until = ''] = busyHours.split('-');
  const rules = RULES.flatMap((rule) => [scale(rule, 'Increase', planId), scale(rule, 'Decrease', planId)]);
  const usual = { name: 'usual', capacity: capacity(min, max, plan.instances), rules };
  const at = (time: string) => ({
    frequency: 'Week' as const,
    schedule: { timeZone, days: WORKDAYS, hours: [Number(time.slice(0, 2))], minutes: [Number(time.slice(3))] },
  });
  return [
    usual,
    { name: 'busy', capacity: capacity(busyMin, max, busyMin), rules, recurrence: at(from) },
    { ...usual, name: JSON.stringify({ name: 'usual', for: 'busy' }), recurrence: at(until) },
  ];
}

/** `fallback` applies while metrics are missing. The API takes strings. */
function capacity(min: number, max: number, fallback: number) {
  const start = Math.min(max, Math.max(min, fallback));
  return { minimum: String(min), maximum: String(max), default: String(start) };
}

function scale({ metricName, above, below }: ScaleRule, direction: 'Increase' | 'Decrease', planId: Input<string>) {
  const out = direction === 'Increase';
  const { window: timeWindow, cooldown } = out ? OUT : IN;
  return {
    metricTrigger: {
      metricName,
      metricNamespace: 'Microsoft.Web/serverfarms',
      metricResourceUri: planId,
      operator: out ? ('GreaterThan' as const) : ('LessThan' as const),
      threshold: out ? above : below,
      statistic: 'Average' as const,
      timeAggregation: 'Average' as const,
      timeGrain: 'PT1M',
      timeWindow,
    },
    scaleAction: { direction, type: 'ChangeCount' as const, value: '1', cooldown },
  };
}
