import { describe, expect, test } from '@jest/globals';
import { statePaths } from './paths.ts';

describe('a state directory', () => {
  test('whose sockets would have paths too long for Linux is refused with its length', () => {
    expect(() => statePaths(`/tmp/${'x'.repeat(80)}`)).toThrow(/SLIP-LOCAL-PATH.*85 bytes/);
    expect(statePaths('/tmp/short').root).toBe('/tmp/short');
  });

  test('with characters that configurations read as something else is refused', () => {
    for (const name of ['with space', 'semi;colon', 'dollar$', 'quote"']) {
      expect(() => statePaths(`/tmp/${name}`)).toThrow('SLIP-LOCAL-PATH');
    }
  });
});
