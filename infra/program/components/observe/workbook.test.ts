import { expect, test } from '@jest/globals';
import { workbookContent } from './workbook.ts';

const WORKSPACE_ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/log';
const INSIGHTS_ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/components/appi';

interface Item {
  readonly type: number;
  readonly name: string;
  readonly content: {
    readonly json: string;
    readonly title: string;
    readonly query: string;
    readonly queryType: number;
    readonly resourceType: string;
    readonly crossComponentResources: readonly string[];
    readonly showAnnotations?: boolean;
  };
}

function workbook(runbooks = ''): { readonly items: readonly Item[]; readonly fallbackResourceIds: readonly string[] } {
  return JSON.parse(workbookContent('shop prod', { workspaceId: WORKSPACE_ID, insightsId: INSIGHTS_ID, runbooks }));
}
const queriesOf = (items: readonly Item[], queryType: number) =>
  items.filter(({ type, content }) => type === 3 && content.queryType === queryType);

test('every tile asks workspace or Application Insights by id, wherever the workbook is opened', () => {
  const { items, fallbackResourceIds } = workbook();
  const queries = queriesOf(items, 0);
  expect(queries.length).toBeGreaterThan(10);
  for (const { content } of queries) {
    const isOfInsights = content.resourceType === 'microsoft.insights/components';
    expect(content.crossComponentResources).toEqual([isOfInsights ? INSIGHTS_ID : WORKSPACE_ID]);
  }
  expect(fallbackResourceIds).toEqual([WORKSPACE_ID]);
  expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
});

test.each([
  ['Why is this request slow?', 'The slowest requests'],
  ['Why is this image not in Blob?', 'Stuck files'],
  ['What happened in the last release, and which version is live?', 'Releases that changed production'],
])('the question "%s" stands above its answer', (question, title) => {
  const shown = workbook().items.map(({ content }) => content.title ?? content.json);
  const asked = shown.findIndex((each) => each?.startsWith(`## ${question}`));
  expect(asked).toBeGreaterThan(0);
  const following = shown.slice(asked + 1);
  const next = following.findIndex((each) => each?.startsWith('## '));
  expect(following.slice(0, next)).toContain(title);
});

test('which setting differs is answered by the markers, which name what a release changed', () => {
  const asked = workbook().items.find(({ content }) => content.json?.startsWith('## Which setting differs'));
  expect(asked?.content.json).toContain('`changed`');
});

test('releases are read from where a release writes them, and marked in the chart of requests', () => {
  const { items } = workbook();
  const [arm] = queriesOf(items, 12);
  expect(JSON.parse(arm?.content.query ?? '')).toMatchObject({
    method: 'GET',
    path: `${INSIGHTS_ID}/Annotations`,
    urlParams: [
      { key: 'api-version', value: '2015-05-01' },
      { key: 'start', value: '{Range:startISO}' },
      { key: 'end', value: '{Range:endISO}' },
    ],
  });
  expect(items.filter(({ content }) => content.showAnnotations === true)).toHaveLength(1);
});

test('the runbooks are linked when their address is known', () => {
  expect(workbook('https://example.org/runbooks').items[0]?.content.json).toContain(
    '](https://example.org/runbooks/README.md)',
  );
  expect(workbook().items[0]?.content.json).toContain('docs/runbooks');
});
