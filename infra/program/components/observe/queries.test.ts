import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { type LogSelection, logQuery, SIDECAR_METRICS, SIDECARS_QUERY } from '../../../operate/queries.ts';
import { type ReadQuery, readQueries, wrongWith } from '../../../testbed/kql/queries.ts';
import { LOG_RULES, SIDECAR_RULES } from '../alerts/log-rules.ts';
import { diagnosticsOf } from '../diagnostics/categories.ts';
import { metricRows, rowsOf } from './kql.ts';
import { workbookContent } from './workbook.ts';

const METRIC = 'slipway_sidecar_ready';

function programQueries(): Record<string, string> {
  const { items } = JSON.parse(
    workbookContent('shop prod', { workspaceId: '/workspace', insightsId: '/insights', runbooks: '' }),
  );
  const tiles = items.flatMap(({ content }: { content: { title?: string; query?: string; queryType?: number } }) =>
    content.query === undefined || content.queryType !== 0 ? [] : [[`tile: ${content.title}`, content.query]],
  );
  const alerts = [...LOG_RULES, ...SIDECAR_RULES].map(({ name, query }) => [`alert: ${name}`, query]);
  const selections: Omit<LogSelection, 'stagingSlot'>[] = [
    {},
    { slot: 'staging', process: 'sidecar' },
    { slot: 'production', process: 'requests' },
    { process: 'platform' },
    { trace: '3edb1caa5f7c4e0f' },
  ];
  const logs = selections.map((each) => [
    `logs: ${JSON.stringify(each)}`,
    logQuery({ ...each, stagingSlot: 'staging' }),
  ]);
  return Object.fromEntries([...tiles, ...alerts, ...logs, ['sidecars', SIDECARS_QUERY]]);
}

function sidecarSource(file: string): string {
  return readFileSync(new URL(`../../../../sidecar/src/${file}`, import.meta.url), 'utf8');
}

/** Names that the sidecar sends: the keys of `gaugesOf`. */
function emittedMetrics(): string[] {
  const body = /function gaugesOf[^}]*?\{\n([\s\S]*?)\n\}/.exec(sidecarSource('metrics.ts'))?.[1] ?? '';
  return [...body.matchAll(/^ {4}(\w+):/gm)].map(([, name = '']) => name);
}

const compared = (column: string): string[] => [
  ...new Set(queries.flatMap((query) => query.compared.filter((each) => each.column === column)).map((e) => e.value)),
];

const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ['a broken query', `${metricRows(METRIC)} | summarise count()`, /Query operator expected/],
  ['an unknown table', rowsOf('AppMetric', { Name: 'string' }), /'AppMetric' does not refer/],
  ['an unknown column', `${metricRows(METRIC)} | where Maximum > 1`, /'Maximum' does not refer/],
  ['an unknown optional column', rowsOf('AppMetrics', { Nmae: 'string' }), /No column Nmae in AppMetrics/],
  ['a column of another type', `${metricRows(METRIC)} | where Max has "x"`, /string/],
  ['no table', 'print 1', /no table/],
];

const own = programQueries();
let queries: readonly ReadQuery[];
let broken: readonly ReadQuery[];
// The parser takes seconds to load: one process reads everything.
beforeAll(async () => {
  const read = await readQueries([...Object.values(own), ...BROKEN.map(([, query]) => query)]);
  queries = read.slice(0, -BROKEN.length);
  broken = read.slice(-BROKEN.length);
}, 150_000);

test("Kusto's parser finds nothing wrong with any query of workbook and alerts", async () => {
  const names = Object.keys(own);
  expect(names.length).toBeGreaterThan(LOG_RULES.length + SIDECAR_RULES.length + 5);
  const wrong = queries.map((query, index) => ({ query: names[index], wrong: wrongWith(query) }));
  expect(wrong.filter((each) => each.wrong.length > 0)).toEqual([]);
});

test('queries name only metrics, dimensions and log categories that are sent', () => {
  const metrics = [...compared('Name'), ...SIDECAR_METRICS];
  expect(metrics.length).toBeGreaterThan(3);
  expect(emittedMetrics()).toEqual(expect.arrayContaining(metrics));
  const dimensions = [
    ...new Set(queries.flatMap(({ properties }) => properties.map(({ of, name }) => `${of}.${name}`))),
  ];
  expect(dimensions).toEqual(['Properties.slot']);
  expect(sidecarSource('telemetry/exporter.ts')).toContain('result.observe(present, { slot: data.slot })');
  const mysql = diagnosticsOf('dbformysql:Server')?.logs?.map((log) => 'category' in log && log.category);
  // Front Door sends all categories; `_LogOperation` has its own.
  const others = ['FrontDoorWebApplicationFirewallLog', 'Ingestion'];
  expect([...(mysql ?? []), ...others]).toEqual(expect.arrayContaining(compared('Category')));
});

test('a query that is wrong is reported', () => {
  const found = BROKEN.map(([name], index) => [name, ...(broken[index] === undefined ? [] : wrongWith(broken[index]))]);
  expect(found).toEqual(
    BROKEN.map(([name, , problem]) => expect.arrayContaining([name, expect.stringMatching(problem)])),
  );
});
