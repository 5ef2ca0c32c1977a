import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import {
  AVAILABILITY,
  FAILED_LOCATIONS,
  type MetricRule,
  metricRules,
  type QueryRule,
  SIDECAR_RULES,
  WATCHED,
} from '../program/components/alerts/alert-rules.ts';

interface Row {
  readonly name: string;
  readonly severity: number;
  readonly condition: string;
}

const COMPARED = { GreaterThan: 'over', GreaterThanOrEqual: 'at least', LessThan: 'under', LessThanOrEqual: 'at most' };
const minutes = (window: string): string => `${window.replace(/^PT(\d+)M$/, '$1')} min`;

const ofMetric = ({ name, severity, metricName, aggregation, window, operator, threshold }: MetricRule): Row => ({
  name,
  severity,
  condition: `${metricName}, ${aggregation.toLowerCase()} of ${minutes(window)}, ${COMPARED[operator]} ${threshold}`,
});

const ofQuery = ({ name, severity, query, operator, window }: QueryRule): Row => ({
  name,
  severity,
  condition: `${operator === 'LessThan' ? 'no' : 'a'} row of ${/slipway_\w+/.exec(query)?.[0]} in ${minutes(window)}`,
});

test('docs/runbooks/alerts.md has every alert, when it fires, and something to do', async () => {
  const page = await readFile(new URL('../../docs/runbooks/alerts.md', import.meta.url), 'utf8');
  const shown = [...page.matchAll(/^\| `([\w-]+)` \| (\d) \| (.+?) \| (.{10,}) \|$/gm)].map(
    ([, name = '', severity, condition = '']) => ({ name, severity: Number(severity), condition }),
  );
  const unavailable = `\`${AVAILABILITY.path}\` fails from ${FAILED_LOCATIONS} of ${AVAILABILITY.settings.locations.length} places`;
  const wanted = [
    ...WATCHED.flatMap((watched) => metricRules(watched).map(ofMetric)),
    ...SIDECAR_RULES.map(ofQuery),
    { name: 'unavailable', severity: 1, condition: unavailable },
  ];
  const byName = (rows: readonly Row[]) => Object.fromEntries(rows.map((row) => [row.name, row]));
  expect(byName(shown)).toEqual(byName(wanted));
});
