import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { AVAILABILITY, FAILED_LOCATIONS } from '../program/components/alerts/availability-test.ts';
import { LOG_RULES, type QueryRule, SIDECAR_RULES } from '../program/components/alerts/log-rules.ts';
import { type MetricRule, metricRules, WATCHED } from '../program/components/alerts/metric-rules.ts';

interface Row {
  readonly name: string;
  readonly severity: number;
  readonly condition: string;
}

const COMPARED = { GreaterThan: 'over', GreaterThanOrEqual: 'at least', LessThan: 'under', LessThanOrEqual: 'at most' };
const minutes = (window: string): string => `${window === 'PT1H' ? 60 : window.replace(/^PT(\d+)M$/, '$1')} min`;

/** Stands for a threshold that the config decides. */
const AUTOSCALE_MAX = 4711;
const SHARE_GB = 100;

const ofMetric = ({ name, severity, metricName, aggregation, window, operator, threshold, only }: MetricRule): Row => {
  const limit =
    threshold === AUTOSCALE_MAX
      ? '`autoscale.max`'
      : threshold === SHARE_GB * 0.85 * 1024 ** 3
        ? '85 % of `media.shareGb`'
        : String(threshold);
  const of = only === undefined ? metricName : `${metricName} of ${only.value}`;
  return {
    name,
    severity,
    condition: `${of}, ${aggregation.toLowerCase()} of ${minutes(window)}, ${COMPARED[operator]} ${limit}`,
  };
};

const ofQuery = ({ name, severity, query, window }: QueryRule): Row => {
  const rows = /slipway_\w+/.exec(query)?.[0] ?? /\b_\w+/.exec(query)?.[0];
  const slot = /Slot == "(\w+)"/.exec(query)?.[1];
  const condition =
    slot === undefined
      ? `a row of ${rows} in ${minutes(window)}`
      : `no ${rows} of 1 from ${slot} in ${minutes(window)}`;
  return { name, severity, condition };
};

test('docs/runbooks/alerts.md has every alert, when it fires, and something to do', async () => {
  const page = await readFile(new URL('../../docs/runbooks/alerts.md', import.meta.url), 'utf8');
  const shown = [...page.matchAll(/^\| `([\w-]+)` \| (\d) \| (.+?) \| (.{10,}) \|$/gm)].map(
    ([, name = '', severity, condition = '']) => ({ name, severity: Number(severity), condition }),
  );
  const unavailable = `\`${AVAILABILITY.path}\` fails from ${FAILED_LOCATIONS} of ${AVAILABILITY.settings.locations.length} places`;
  const wanted = [
    ...WATCHED.flatMap((watched) =>
      metricRules(watched, { autoscaleMax: AUTOSCALE_MAX, shareGb: SHARE_GB }).map(ofMetric),
    ),
    ...[...LOG_RULES, ...SIDECAR_RULES].map(ofQuery),
    { name: 'unavailable', severity: 1, condition: unavailable },
  ];
  const byName = (rows: readonly Row[]) => Object.fromEntries(rows.map((row) => [row.name, row]));
  expect(byName(shown)).toEqual(byName(wanted));
});
