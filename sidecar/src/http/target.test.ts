import { describe, expect, test } from '@jest/globals';
import { parseDuration, parseTarget, rawQueryValue } from './target.ts';

describe('a request target', () => {
  test('keeps dot segments, encoded ones too, for someone to refuse', () => {
    expect(parseTarget('/blob/../%2e%2e/x?a=1').path).toBe('/blob/../%2e%2e/x');
    expect(parseTarget(undefined).path).toBe('/');
  });

  test('gives a name as rawurlencode wrote it', () => {
    expect(rawQueryValue('/carry?name=a%20b+c%2Fd%26e&wait=1', 'name')).toBe('a b+c/d&e');
    expect(rawQueryValue('/carry?name=a=b', 'name')).toBe('a=b');
    expect(rawQueryValue('/carry?name=%zz', 'name')).toBeNull();
    expect(rawQueryValue('/carry?wait=1', 'name')).toBeUndefined();
  });

  test('reads durations in the unit of the route or in one that they name', () => {
    expect(parseDuration('1500', 'ms', 0)).toBe(1_500);
    expect(parseDuration('2', 's', 0)).toBe(2_000);
    expect(parseDuration('1500ms', 's', 0)).toBe(1_500);
    expect(parseDuration('0.5', 's', 0)).toBe(500);
    expect(parseDuration(null, 's', 7)).toBe(7);
    for (const wrong of ['soon', '-1', '1e9', '1m', ' 1']) expect(parseDuration(wrong, 's', 7)).toBeUndefined();
  });
});
