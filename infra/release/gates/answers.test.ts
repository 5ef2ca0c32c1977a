import { describe, expect, test } from '@jest/globals';
import type { Smoke } from '../app/manifest-schema.ts';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import { answers } from './answers.ts';

type Answer = Partial<Pick<Observation, 'status' | 'text' | 'location' | 'reason'>>;

const builtIn: Readonly<Record<string, Answer>> = {
  '/': { text: '<h1>welcome</h1>' },
  '/api/ping': { text: '{"content":"pong","more":1}' },
  '/api/health/live': {},
};

const usual: readonly Smoke[] = ['/', { path: '/api/ping', json: { content: 'pong' } }, '/api/health/live'];

function check(pages: Readonly<Record<string, Answer>>, smoke: readonly Smoke[] = usual) {
  const ask = async (path: string): Promise<Answer> => ({ status: 200, text: '', ...(pages[path] ?? { status: 404 }) });
  return answers.check({ slot: { url: 'https://s', ask } as unknown as WebSlot, smoke });
}

describe('a version with the usual smoke requests', () => {
  test('passes when its pages answer', async () => {
    expect(await check(builtIn)).toBeUndefined();
  });

  test.each([
    { what: 'another ping', page: '/api/ping', answer: { text: '{"content":"gnop"}' }, code: 'SLIP-RELEASE-SMOKE' },
    { what: 'a ping that is no JSON', page: '/api/ping', answer: { text: 'pong' }, code: 'SLIP-RELEASE-SMOKE' },
    { what: 'a redirect', page: '/', answer: { status: 302, location: '/x' }, code: 'SLIP-RELEASE-REDIRECT' },
    { what: 'no page', page: '/', answer: { status: 404 }, code: 'SLIP-RELEASE-STATUS' },
    { what: 'another success', page: '/', answer: { status: 204 }, code: 'SLIP-RELEASE-STATUS' },
    { what: 'nothing', page: '/api/health/live', answer: { status: undefined }, code: 'SLIP-RELEASE-STATUS' },
  ])('with $what is refused', async ({ page, answer, code }) => {
    await expect(check({ ...builtIn, [page]: answer })).rejects.toMatchObject({ code });
  });
});

describe('a smoke request', () => {
  const page = { '/a': { text: '{"list":[1,2],"deep":{"a":1,"b":2}}' }, '/old': { status: 301, location: '/new?x=1' } };

  test.each<Smoke>([
    '/a',
    { path: '/a', contains: '"deep"' },
    { path: '/a', json: { list: [1, 2] } },
    { path: '/old', status: 301, location: '/new?x=1' },
    { path: '/none', status: 404 },
  ])('%j passes', async (request) => {
    expect(await check(page, [request])).toBeUndefined();
  });

  test.each<{ request: Smoke; found: RegExp }>([
    { request: { path: '/a', contains: 'shallow' }, found: /https:\/\/s\/a answers .*deep/ },
    { request: { path: '/a', json: { list: [2, 1] } }, found: /answers/ },
    { request: { path: '/a', json: { deep: { a: 1 } } }, found: /answers/ },
    { request: { path: '/old', status: 301, location: '/new' }, found: /a redirect to \/new\?x=1/ },
  ])('$request is refused', async ({ request, found }) => {
    await expect(check(page, [request])).rejects.toMatchObject({
      code: 'SLIP-RELEASE-SMOKE',
      detail: { found: expect.stringMatching(found) },
    });
  });
});
