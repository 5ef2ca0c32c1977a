import { createSign, generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { AccessTokens } from './access-tokens.ts';

const ISSUER = 'https://issuer/';
const STORAGE = 'https://storage.azure.com';
let now: number;
let tokens: AccessTokens;

beforeEach(() => {
  now = 1_000_000;
  tokens = new AccessTokens(ISSUER, () => new Date(now * 1000));
});

const issued = (change: object = {}) =>
  tokens.issue({ aud: STORAGE, nbf: now, exp: now + 60, oid: 'principal', ...change });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the region', () => {
  test('has its claims, also when it is checked again', () => {
    const token = issued();
    for (let look = 0; look < 2; look++) expect(tokens.claimsOf(token, [STORAGE])).toMatchObject({ oid: 'principal' });
  });

  test('is refused from the second it expires, also when it was valid before', () => {
    const token = issued();
    expect(tokens.claimsOf(token, [STORAGE])).toBeDefined();
    now += 60;
    expect(tokens.claimsOf(token, [STORAGE])).toBeUndefined();
  });

  test('is refused before it is valid', () => {
    expect(tokens.claimsOf(issued({ nbf: now + 1 }), [STORAGE])).toBeUndefined();
  });

  test('is refused for another audience, and accepted with a slash at its end', () => {
    expect(tokens.claimsOf(issued({ aud: 'https://vault.azure.net' }), [STORAGE])).toBeUndefined();
    expect(tokens.claimsOf(issued({ aud: `${STORAGE}/` }), [STORAGE])).toBeDefined();
  });
});

describe('anything else is refused', () => {
  const claims = () => ({ aud: STORAGE, iss: ISSUER, nbf: now, exp: now + 60, oid: 'principal' });

  test.each([
    ['an unsigned token', () => `${part({ typ: 'JWT', alg: 'none' })}.${part(claims())}.`],
    ['a token with a made-up signature', () => `${part({ alg: 'ES256' })}.${part(claims())}.${part('signature')}`],
    [
      'a token with other claims than were signed',
      () => {
        const [header, , signature] = issued().split('.');
        return `${header}.${part({ ...claims(), oid: 'other' })}.${signature}`;
      },
    ],
    [
      'a token that another key signed',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const signed = `${part({ alg: 'ES256' })}.${part(claims())}`;
        const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
        return `${signed}.${createSign('sha256').update(signed).sign(key).toString('base64url')}`;
      },
    ],
    ['a token with a fourth part', () => `${issued()}.more`],
    ['no token', () => ''],
  ])('%s', (_, token) => {
    expect(tokens.claimsOf(token(), [STORAGE])).toBeUndefined();
  });

  test('a token of another region with the same issuer', () => {
    expect(new AccessTokens(ISSUER, () => new Date(now * 1000)).claimsOf(issued(), [STORAGE])).toBeUndefined();
  });
});
