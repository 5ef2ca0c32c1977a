import { expect, test } from '@jest/globals';
import { writeAnnotation } from './annotation.ts';

const COMPONENT = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/components/appi';
const annotation = {
  id: 'b9d6f5a0-0000-4000-8000-000000000001',
  name: 'release of new: live',
  at: new Date('2026-01-02T03:04:20.500Z'),
  properties: { by: 'ada' },
};

test('a marker is the body that the API documents, in the category that the portal shows', async () => {
  const sent: unknown[] = [];
  const put = async (...args: unknown[]) => {
    sent.push(args);
    return { status: 200, body: [] };
  };
  await writeAnnotation({ put }, COMPONENT, annotation);
  expect(sent).toEqual([
    [
      `${COMPONENT}/Annotations`,
      '2015-05-01',
      {
        Id: annotation.id,
        AnnotationName: 'release of new: live',
        EventTime: '2026-01-02T03:04:20',
        Category: 'Deployment',
        Properties: '{"by":"ada"}',
      },
    ],
  ]);
});

test('one that is refused says how', async () => {
  const put = async () => ({ status: 403, body: { error: { code: 'AuthorizationFailed', message: '' } } });
  await expect(writeAnnotation({ put }, COMPONENT, annotation)).rejects.toThrow('403 AuthorizationFailed');
});
