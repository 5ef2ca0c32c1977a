import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { Schedule } from './schedule.ts';

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serving(
  answer: (count: number, respond: (status: number) => void, hangUp: () => void) => void,
): Promise<string> {
  let count = 0;
  server = createServer((request, response) => {
    const respond = (status: number) => response.writeHead(status).end('x');
    answer(++count, respond, () => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('requests become due while the server stalls, and each one’s wait counts from then', async () => {
  let asked = 0;
  const held: (() => void)[] = [];
  const url = await serving((count, respond) => {
    asked = count;
    if (count <= 5) respond(200);
    else held.push(() => respond(200));
  });
  const schedule = new Schedule({ url, perSecond: 100, connections: 1_000 });
  await eventually('the server stalls', () => held.length >= 50);
  const stopped = schedule.stop();
  const answering = setInterval(() => {
    for (const answer of held.splice(0)) answer();
  }, 5);
  const { requests, failed, maxMs, p50Ms } = await stopped;
  clearInterval(answering);
  expect([failed, requests]).toEqual([0, asked]);
  // The first of fifty that were due a hundredth of a second apart waited for the last.
  expect(maxMs).toBeGreaterThanOrEqual(490);
  expect(p50Ms).toBeGreaterThan(100);
});

test('a request that finds every connection taken waits, and its wait counts', async () => {
  const url = await serving((_, respond) => void sleep(20).then(() => respond(200)));
  const schedule = new Schedule({ url, perSecond: 100, connections: 1 });
  await sleep(500);
  const { requests, failed, maxMs } = await schedule.stop();
  // A timer may be a little early.
  expect(requests).toBeGreaterThanOrEqual(45);
  expect(failed).toBe(0);
  // So many answers of 20 ms, one after the other, for requests that were due within half a second.
  expect(maxMs).toBeGreaterThan(300);
});

test('an answer that is none, or not 200, is a failed request, with its reason', async () => {
  let asked = 0;
  const url = await serving((count, respond, hangUp) => {
    asked = count;
    if (count === 2) hangUp();
    else respond(count === 1 ? 200 : 502);
  });
  const schedule = new Schedule({ url, perSecond: 20, connections: 10 });
  await eventually('a few are answered', () => asked >= 5);
  const { requests, failed, failures } = await schedule.stop();
  expect(failed).toBe(requests - 1);
  expect(Object.keys(failures).toSorted()).toEqual([expect.stringMatching(/closed|ECONNRESET/), 'status 502']);
});
