import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ArmFixture, armFixture, GROUP, SUBSCRIPTION } from './arm.fixture.ts';

const component = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Insights/components/appi`;
const path = `${component}/Annotations?api-version=2015-05-01`;
const annotation = {
  Id: 'b9d6f5a0-0000-4000-8000-000000000001',
  AnnotationName: 'release of new: live',
  EventTime: '2026-01-02T03:04:20',
  Category: 'Deployment',
  Properties: '{}',
};

let arm: ArmFixture;
beforeAll(async () => {
  arm = await armFixture();
});
afterAll(() => arm.remove());

const put = (body: object) => arm.ask(path, { method: 'PUT', body: JSON.stringify(body) });
const listed = (start: string, end: string) => arm.ask(`${path}&start=${start}&end=${end}`);

test('what was put is listed in its time, once, and as it was put last', async () => {
  expect((await put(annotation)).json).toEqual([annotation]);
  const later = { ...annotation, AnnotationName: 'again' };
  expect((await put(later)).status).toBe(200);
  expect((await listed('2026-01-02T03:00:00Z', '2026-01-02T04:00:00Z')).json).toEqual({ value: [later] });
  expect((await listed('2026-01-02T04:00:00Z', '2026-01-02T05:00:00Z')).json).toEqual({ value: [] });
});

test('many at the same time are all kept', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `many-${n}`);
  await Promise.all(ids.map((Id) => put({ ...annotation, Id, EventTime: '2027-01-01T00:00:00' })));
  const { value } = (await listed('2027-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).json as unknown as {
    value: { Id: string }[];
  };
  expect(value.map(({ Id }) => Id).sort()).toEqual(ids.sort());
});

test.each([
  ['without a name', { ...annotation, AnnotationName: undefined }],
  ['at no moment', { ...annotation, EventTime: 'soon' }],
])('an annotation %s is refused', async (_, body) => {
  const { status, json } = await put(body);
  expect([status, json.error?.code]).toEqual([400, 'InvalidRequestContent']);
});

test('other verbs, other children and another version are refused', async () => {
  expect((await arm.ask(path, { method: 'DELETE' })).status).toBe(405);
  expect((await arm.ask(`${component}?api-version=2015-05-01`)).status).toBe(404);
  expect((await arm.ask(path.replace('2015-05-01', '2020-02-02'))).status).toBe(400);
  expect((await arm.ask(path)).status).toBe(400);
});
