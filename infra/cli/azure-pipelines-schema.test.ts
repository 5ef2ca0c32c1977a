import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const files = [
  'azure-pipelines.yml',
  ...readdirSync(join(root, '.azure-pipelines')).map((name) => `.azure-pipelines/${name}`),
];

let validate: ValidateFunction;
beforeAll(() => {
  const schema = JSON.parse(read('infra/cli/testing/azure-pipelines-schema/schema.json'));
  // The schema has words of its own for editors and patterns of before Unicode; every scalar of a pipeline is a text to Azure.
  validate = new Ajv({ strict: false, unicodeRegExp: false, coerceTypes: true }).compile(schema);
});

const wrongWith = (text: string) =>
  validate(parse(text)) ? [] : (validate.errors ?? []).map(({ message }) => message);

test.each(files)('%s is a pipeline of Azure DevOps', (file) => {
  expect(wrongWith(read(file))).toEqual([]);
});

test.each([
  ['an input that the task does not have', 'keepAzSessionActive: true', 'keepAzSession: true'],
  ['a step that does not exist', '- task: AzureCLI@2', '- tusk: AzureCLI@2'],
])('%s is seen', (_, right, wrong) => {
  const text = read('.azure-pipelines/signed-in.yml');
  expect(text).toContain(right);
  expect(wrongWith(text.replace(right, wrong))).not.toEqual([]);
});
