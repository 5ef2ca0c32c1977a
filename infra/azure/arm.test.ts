import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AzureServer } from '../testbed/azure/azure-server.ts';
import { Arm } from './arm.ts';

let azure: AzureServer;
let arm: Arm;
beforeAll(async () => {
  azure = await AzureServer.start();
  arm = new Arm({ endpoint: azure.plain, token: async () => 'a-token', retryDelayMs: 1 });
});
afterAll(() => azure.close());

test('a list is read to its last page', async () => {
  azure.replies.set('GET /first', { body: { value: [1, 2], nextLink: `${azure.plain}/second?api-version=v` } });
  azure.replies.set('GET /second', { body: { value: [3] } });
  expect(await arm.list('/first', 'v')).toEqual([1, 2, 3]);
});

test('the token goes to no other host, whatever an answer says', async () => {
  azure.asked.length = 0;
  azure.replies.set('GET /first', { body: { value: [1], nextLink: `${azure.second}/second` } });
  expect(await arm.list('/first', 'v')).toEqual([1]);
  expect(azure.asked).toHaveLength(1);
});

test('a list that Azure does not give is a refusal with its status and reason', async () => {
  azure.replies.set('GET /first', {
    status: 403,
    body: { error: { code: 'AuthorizationFailed', message: 'no\nmore' } },
  });
  await expect(arm.list('/first', 'v')).rejects.toMatchObject({
    statusCode: 403,
    message: '403 AuthorizationFailed no',
  });
});
