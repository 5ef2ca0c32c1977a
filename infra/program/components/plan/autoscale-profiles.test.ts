import { expect, test } from '@jest/globals';
import { readConfig } from '../../config/read-config.ts';
import { autoscaleProfiles } from './autoscale-profiles.ts';

const config = readConfig({
  'slipway:stage': 'prod',
  'slipway:sidecar.digest': 'none',
  'slipway:autoscale.min': '2',
  'slipway:autoscale.busyMin': '4',
  'slipway:autoscale.max': '8',
  'slipway:autoscale.busyHours': '08:15-18:45',
});
const profiles = autoscaleProfiles(config, '/plan');
const minutes = (duration: string): number => Number(/^PT(\d+)M$/.exec(duration)?.[1]);

test('every metric that scales out scales in too, later and more slowly', () => {
  const rules = profiles[0]?.rules ?? [];
  const outs = rules.filter(({ scaleAction }) => scaleAction.direction === 'Increase');
  expect(outs.map(({ metricTrigger }) => metricTrigger.metricName)).toEqual([
    'CpuPercentage',
    'MemoryPercentage',
    'HttpQueueLength',
  ]);
  for (const out of outs) {
    const back = rules.find(
      ({ metricTrigger, scaleAction }) =>
        metricTrigger.metricName === out.metricTrigger.metricName && scaleAction.direction === 'Decrease',
    );
    expect([out.metricTrigger.operator, back?.metricTrigger.operator]).toEqual(['GreaterThan', 'LessThan']);
    expect(back?.metricTrigger.threshold).toBeLessThan(out.metricTrigger.threshold);
    expect(minutes(back?.metricTrigger.timeWindow ?? '')).toBeGreaterThan(minutes(out.metricTrigger.timeWindow));
    expect(minutes(back?.scaleAction.cooldown ?? '')).toBeGreaterThan(minutes(out.scaleAction.cooldown));
  }
});

test('busy hours raise the minimum, and end with the usual profile', () => {
  expect(profiles.map(({ name, capacity }) => [name, capacity.minimum, capacity.maximum])).toEqual([
    ['usual', '2', '8'],
    ['busy', '4', '8'],
    ['{"name":"usual","for":"busy"}', '2', '8'],
  ]);
  expect(profiles.map((profile) => ('recurrence' in profile ? profile.recurrence?.schedule : undefined))).toEqual([
    undefined,
    expect.objectContaining({ hours: [8], minutes: [15] }),
    expect.objectContaining({ hours: [18], minutes: [45] }),
  ]);
});

test('what holds while metrics are missing lies within the limits', () => {
  for (const { capacity } of profiles) {
    expect(Number(capacity.default)).toBeGreaterThanOrEqual(Number(capacity.minimum));
    expect(Number(capacity.default)).toBeLessThanOrEqual(Number(capacity.maximum));
  }
});
