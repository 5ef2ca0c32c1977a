import { expect, test } from '@jest/globals';
import { ConsoleAccess } from './access.ts';

const access = new ConsoleAccess('the-token', 8082);
const HOST = '127.0.0.1:8082';
const [cookie = ''] = access.setCookie.split(';');

test.each(['127.0.0.1:8082', 'localhost:8082', 'LOCALHOST:8082'])('%s names the console', (name) => {
  expect(access.isForConsole({ host: name })).toBe(true);
});

test.each(['evil.example', 'evil.example:8082', '127.0.0.1', '127.0.0.1:8080', '127.0.0.1:80820', '', undefined])(
  'the host %s does not',
  (name) => {
    expect(access.isForConsole(name === undefined ? {} : { host: name })).toBe(false);
  },
);

test('a request of another page is foreign, whichever header says so', () => {
  expect(access.isForeign({ host: HOST, origin: 'http://evil.example' })).toBe(true);
  expect(access.isForeign({ host: HOST, origin: 'http://127.0.0.1:8080' })).toBe(true);
  expect(access.isForeign({ host: HOST, origin: 'null' })).toBe(true);
  expect(access.isForeign({ host: HOST, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })).toBe(true);
  expect(access.isForeign({ host: HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' })).toBe(true);
});

test('a request of the console’s own page, of a tool, and a link that somebody follows are not', () => {
  expect(access.isForeign({ host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' })).toBe(false);
  expect(access.isForeign({ host: HOST })).toBe(false);
  const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  expect(access.isForeign({ host: HOST, ...followed })).toBe(false);
});

test('the cookie that was set is one, and no other is', () => {
  expect(access.hasCookie({ cookie })).toBe(true);
  expect(access.hasCookie({ cookie: `other=1; ${cookie}` })).toBe(true);
  expect(access.hasCookie({})).toBe(false);
  expect(access.hasCookie({ cookie: 'slipway-console-8082=the-token' })).toBe(false);
  expect(access.hasCookie({ cookie: new ConsoleAccess('other', 8082).setCookie.split(';')[0] ?? '' })).toBe(false);
});

test('key and token are bearers, and what the cookie holds is none', () => {
  expect(access.hasKey({ authorization: `Bearer ${access.pageKey}` })).toBe(true);
  expect(access.hasKey({ authorization: 'Bearer the-token' })).toBe(true);
  expect(access.hasKey({ cookie })).toBe(false);
  expect(access.hasKey({ authorization: `Bearer ${cookie.split('=')[1]}` })).toBe(false);
  expect(access.hasKey({ authorization: 'Bearer wrong' })).toBe(false);
  expect(access.hasKey({ authorization: access.pageKey })).toBe(false);
});

test('cookie and key hold no token; the cookie cannot be read by a script and is not sent from elsewhere', () => {
  expect(access.pageKey).not.toContain('the-token');
  expect(access.setCookie).not.toContain('the-token');
  expect(access.setCookie).toContain('HttpOnly; SameSite=Strict');
});
