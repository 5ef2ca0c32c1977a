import { describe, expect, test } from '@jest/globals';
import { findPlaceholders, placeholder, resolvePlaceholders } from './placeholders.ts';
import { unwrap, unwrapObject, wireUnknown, wrapSecret } from './values.ts';

describe('a value off the wire', () => {
  test('comes out plain, with the places that were secret', () => {
    const wire = { b: wrapSecret('x'), a: [1, { deep: wrapSecret({ k: 'v' }) }], c: null };
    expect(unwrap(wire)).toEqual({
      value: { a: [1, { deep: { k: 'v' } }], b: 'x', c: null },
      secretPaths: ['a[1].deep', 'b'],
    });
  });

  test('is one secret when secrets are inside a secret', () => {
    expect(unwrap({ a: wrapSecret({ b: wrapSecret('x') }) })).toEqual({ value: { a: { b: 'x' } }, secretPaths: ['a'] });
  });

  test('is marked where Pulumi does not know it', () => {
    expect(unwrap({ a: wireUnknown() }).value).toEqual({ a: '__unknown__' });
  });

  test('has its keys in order, so that two runs compare as text', () => {
    expect(JSON.stringify(unwrapObject({ b: 1, a: { d: 1, c: 2 } }).value)).toBe('{"a":{"c":2,"d":1},"b":1}');
  });
});

describe('placeholders', () => {
  const urn = 'urn:pulumi:dev::slipway::slipway:program:Media$azure-native:storage:StorageAccount::media';

  test('are found with urn and path, several in one text', () => {
    const text = `a ${placeholder({ urn, path: 'primaryEndpoints.blob' })} b ${placeholder({ urn, path: 'listKeys.keys[0].value' })}`;
    expect(findPlaceholders(text)).toEqual([
      { urn, path: 'primaryEndpoints.blob' },
      { urn, path: 'listKeys.keys[0].value' },
    ]);
  });

  test('are replaced, and nothing around them', () => {
    const text = `https://${placeholder({ urn, path: 'host' })}/x`;
    expect(resolvePlaceholders(text, ({ path }) => path.toUpperCase())).toBe('https://HOST/x');
  });

  test('leave other braces alone', () => {
    expect(findPlaceholders('{{ "a": {b} }} @Microsoft.KeyVault(x)')).toEqual([]);
  });
});
