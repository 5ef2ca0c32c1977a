import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { recordedAnswers } from './azure-server.ts';

const answers = [...recordedAnswers('healthy'), ...recordedAnswers('broken')];
let ajv: Ajv;

beforeAll(() => {
  ajv = new Ajv({ strict: false, validateFormats: false });
  for (const file of globSync(join(import.meta.dirname, 'schemas/*.json')))
    ajv.addSchema(JSON.parse(readFileSync(file, 'utf8')));
});

function wrongWith(schema: string, body: unknown): string[] {
  const validate = ajv.getSchema(schema);
  if (validate === undefined) return [`no schema ${schema}`];
  return validate(body)
    ? []
    : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

test.each(answers)('$request answers what its published schema describes', ({ schema, body }) => {
  expect(wrongWith(schema, body)).toEqual([]);
});

test('a broken stack is asked what a healthy one is asked', () => {
  const healthy = recordedAnswers('healthy').map(({ request }) => request);
  expect(healthy.length).toBeGreaterThan(15);
  expect(healthy).toEqual(expect.arrayContaining(recordedAnswers('broken').map(({ request }) => request)));
});

test.each([
  ['a misspelt member', (text: string) => text.replaceAll('"monitorCondition"', '"monitorcondition"')],
  ['a value that is not published', (text: string) => text.replaceAll('"Sev1"', '"Severe"')],
  ['a value of another type', (text: string) => text.replaceAll('"isSuppressed":false', '"isSuppressed":"no"')],
])('%s is seen', (_, change) => {
  const alerts = recordedAnswers('broken').find(({ request }) => request.endsWith('/alerts'));
  const text = JSON.stringify(alerts?.body);
  expect(change(text)).not.toBe(text);
  expect(wrongWith('alerts.json#/definitions/AlertsList', JSON.parse(change(text)))).not.toEqual([]);
});
