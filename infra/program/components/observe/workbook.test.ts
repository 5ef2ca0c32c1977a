import { expect, test } from '@jest/globals';
import { workbookContent } from './workbook.ts';

test('every tile asks the workspace by its id, wherever the workbook is opened', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/log';
  const { items, fallbackResourceIds } = JSON.parse(workbookContent('shop prod', id));
  const queries = items.filter(({ type }: { type: number }) => type === 3);
  expect(queries.length).toBeGreaterThan(5);
  for (const { content } of queries) expect(content.crossComponentResources).toEqual([id]);
  expect(fallbackResourceIds).toEqual([id]);
});
