import { describe, expect, test } from '@jest/globals';
import { forRegion } from './region-options.ts';

const defaults = { state: '/checkout/.local', port: 8080, cwd: '/checkout' };
const second = { state: '/tmp/second', port: 9080 };
const shown = (text: string, options = second) => forRegion(text, options, defaults);

describe('command lines in a text', () => {
  test.each([
    ['npm start', 'npm start -- --state /tmp/second --port 9080'],
    ['npm stop', 'npm stop -- --state /tmp/second'],
    ['npm run reset', 'npm run reset -- --state /tmp/second'],
    ['./slipway status', './slipway status --state /tmp/second'],
    ['./slipway logs --process region', './slipway logs --state /tmp/second --process region'],
    ['./slipway start', './slipway start --state /tmp/second --port 9080'],
    [
      './slipway status and ./slipway logs say why',
      './slipway status --state /tmp/second and ./slipway logs --state /tmp/second say why',
    ],
  ])('%s acts on another region as %s', (line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  test.each(['npm start', 'npm stop', './slipway rollback'])('%s stays as it is for the default region', (line) => {
    expect(shown(line, defaults)).toBe(line);
  });

  test.each([
    'npm start -- --port 8080',
    './slipway release --stack prod',
    './slipway status --state /tmp/second',
    './slipway doctor',
    'npm test',
  ])('%s stays as it is: it has its own options or acts on no region', (line) => {
    expect(shown(line)).toBe(line);
  });

  test('a path below the working directory is shortened', () => {
    expect(shown('npm stop', { state: '/checkout/other', port: 8080 })).toBe('npm stop -- --state other');
  });
});
