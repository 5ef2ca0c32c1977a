import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { WebSlot } from '../appservice/web-slot.ts';
import { drain, drainBriefly } from './drain.ts';

const tokens = { cacheApi: 'c', seal: 's', release: 'right' };
let server: Server;

afterEach(() => {
  server.close();
});

/** A production that answers below /_slipway/release/ as the app does: nothing is there with another token. */
async function production(drainAnswers: number, token = tokens.release, body = '{}'): Promise<WebSlot> {
  server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) response.writeHead(404).end();
    else if (request.url?.startsWith('/_slipway/release/drain')) response.writeHead(drainAnswers).end(body);
    else response.writeHead(405).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new WebSlot(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function drained(slot: WebSlot): Promise<string[]> {
  const notes: string[] = [];
  const target = { limits: { drainMs: 2000 } };
  await drain({ production: slot, tokens, target }, (note) => notes.push(note));
  return notes;
}

test('a drained outbox passes', async () => {
  expect(await drained(await production(200))).toEqual([]);
});

test('an outbox that cannot be emptied is refused, with the number of images that are left', async () => {
  await expect(drained(await production(504, 'right', '{"leftCount":3}'))).rejects.toMatchObject({
    code: 'SLIP-RELEASE-DRAIN',
    detail: { found: expect.stringMatching(/^3 images are not in Blob after a drain of \d+\.\d s$/) },
  });
});

test('a sidecar that cannot be asked is refused', async () => {
  await expect(drained(await production(503))).rejects.toMatchObject({ code: 'SLIP-RELEASE-DRAIN' });
});

test('a version without the route passes, and the note says so', async () => {
  expect(await drained(await production(404))).toEqual(['the version in production cannot drain']);
});

test('a production with another token is not taken for one that cannot drain', async () => {
  await expect(drained(await production(200, 'other'))).rejects.toMatchObject({ code: 'SLIP-RELEASE-TOKEN' });
});

test('going back refuses nothing: it says what may still be on its way', async () => {
  expect(await drainBriefly({ production: await production(200), tokens })).toBeUndefined();
  server.close();
  expect(await drainBriefly({ production: await production(504), tokens })).toMatch(/\(504\).*none is lost/);
});
