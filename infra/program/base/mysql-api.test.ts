import { beforeAll, expect, test } from '@jest/globals';
import { evaluate } from '../../evaluate/evaluate.ts';
import { kindOf } from '../../evaluate/inputs.ts';
import type { Evaluation } from '../../evaluate/recorded.ts';

let dev: Evaluation;
beforeAll(async () => {
  dev = await evaluate({ stage: 'dev', mode: 'update' });
});

test('everything of MySQL is created by API version 2024-12-30, the first that supports 8.4', () => {
  const mysql = dev.resources.filter((resource) => kindOf(resource).startsWith('dbformysql:'));
  expect(mysql.length).toBeGreaterThan(5);
  for (const { type, packageName } of mysql) {
    expect([type, packageName]).toEqual([
      expect.stringMatching(/^azure-native_dbformysql_v20241230:dbformysql:(Server|Database|Configuration)$/),
      'azure-native_dbformysql_v20241230',
    ]);
  }
});

test('azure-native gets module and version as its own base64, as the package that Pulumi generates does', () => {
  expect(dev.packages).toEqual([
    {
      name: 'azure-native_dbformysql_v20241230',
      version: '3.28.0',
      baseName: 'azure-native',
      baseVersion: '3.28.0',
      parameter: Buffer.from('{"module":"dbformysql","version":"v20241230"}').toString('base64'),
    },
  ]);
});

test('a stack made with the types of azure-native keeps its server', () => {
  const server = dev.resources.find((resource) => kindOf(resource) === 'dbformysql:Server');
  expect(server).toMatchObject({ typeAliases: ['azure-native:dbformysql:Server'], deleteBeforeReplace: true });
});
