import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { expect, test } from '@jest/globals';
import { deadlinePolicies } from './deadline.ts';

const request = createPipelineRequest({ url: 'https://management.azure.com/' });
const answer = (status: number): PipelineResponse => ({ request, status, headers: createHttpHeaders() });

/** Waits as a retry does, until the request is ended. */
const untilEnded = (signal: unknown) =>
  new Promise<never>((_, reject) => {
    (signal as AbortSignal).addEventListener('abort', () => reject(new Error('aborted')));
  });

test('a request that is not answered ends at the limit and says so', async () => {
  const { around } = deadlinePolicies(5);
  await expect(around.sendRequest(request, ({ abortSignal }) => untilEnded(abortSignal))).rejects.toThrow(
    'no answer within 0.005 s',
  );
});

test('when the time is up while a repetition waits, the last answer counts', async () => {
  const { around, each } = deadlinePolicies(5);
  const throttled = await around.sendRequest(request, async (sent) => {
    await each.sendRequest(sent, async () => answer(429));
    return untilEnded(sent.abortSignal);
  });
  expect(throttled.status).toBe(429);
});

test('an answer in time and a failure in time pass unchanged', async () => {
  const { around } = deadlinePolicies(60_000);
  expect((await around.sendRequest(request, async () => answer(200))).status).toBe(200);
  const failure = new Error('ECONNRESET');
  await expect(around.sendRequest(request, () => Promise.reject(failure))).rejects.toBe(failure);
});
