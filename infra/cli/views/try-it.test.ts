import { expect, test } from '@jest/globals';
import { forRegion } from '../region-options.ts';
import { tryIt } from './try-it.ts';

const system = {
  production: 'http://127.0.0.1:9080',
  staging: 'http://127.0.0.1:9081',
  management: 'https://127.0.0.1:9443',
  console: 'http://127.0.0.1:9082/?token=t',
  version: 'abc',
  started: true,
  seconds: 1,
  directory: '/checkout/webapplication',
  application: { smoke: ['/'], provides: { images: '/api/images', cache: '/api/cache' } },
};

test('what npm start prints acts on the region that it started', () => {
  const options = { state: '/tmp/second', port: 9080 };
  const defaults = { state: '/checkout/.local', port: 8080, cwd: '/checkout' };
  const text = tryIt(system, options.state, defaults.cwd, (line) => forRegion(line, options, defaults));
  const lines = text.slice(text.indexOf('Then:')).split('\n').slice(1);
  expect(lines.map((line) => line.trim().split(/ {4}/)[0]?.trim())).toEqual([
    './slipway status --state /tmp/second',
    './slipway release --state /tmp/second',
    './slipway rollback --state /tmp/second',
    'npm stop -- --state /tmp/second',
    'npm start -- --state /tmp/second --port 9080',
  ]);
  expect(text).toContain("'/tmp/second/connection.json'");
});

test('names the application that slipway:app names, and what it answers', () => {
  const application = { smoke: ['/', { path: '/login', status: 302 }], provides: {} };
  const text = tryIt({ ...system, directory: '/shop', application }, '/tmp/second', '/checkout', (line) => line);
  expect(text).toContain('change something in /shop/');
  expect(text).toContain('curl -i http://127.0.0.1:9080/login\n');
  expect(text).not.toMatch(/webapplication|generate-image|api\/ping/);
});
