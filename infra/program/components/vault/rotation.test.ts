import { describe, expect, test } from '@jest/globals';
import { acceptedTokens, currentLogin, DATABASE_LOGINS, loginGeneration, tokenGenerations } from './rotation.ts';

const ROTATIONS = [1, 2, 3, 4, 5, 6];
const values = (rotation: number) =>
  new Map(tokenGenerations('release-token', rotation).map(({ name, generation }) => [name, generation]));

describe('a rotation', () => {
  test.each(ROTATIONS)('%i leaves the login in use alone and makes the other one new', (rotation) => {
    const [inUse, other] = [currentLogin(rotation), currentLogin(rotation + 1)];
    expect(inUse).not.toBe(other);
    expect(loginGeneration(inUse, rotation + 1)).toBe(loginGeneration(inUse, rotation));
    expect(loginGeneration(other, rotation + 1)).not.toBe(loginGeneration(other, rotation));
  });

  test.each(ROTATIONS)(
    '%i changes no token that the running version accepts, and it accepts the new one',
    (rotation) => {
      const { current, next } = acceptedTokens('release-token', rotation);
      const [before, after] = [values(rotation), values(rotation + 1)];
      expect([after.get(current), after.get(next)]).toEqual([before.get(current), before.get(next)]);
      expect(acceptedTokens('release-token', rotation + 1).current).toBe(next);
    },
  );

  test.each(ROTATIONS)('%i ends the old token with the release that brings it', (rotation) => {
    const { current: old } = acceptedTokens('release-token', rotation);
    const { current, next } = acceptedTokens('release-token', rotation + 1);
    expect([current, next]).not.toContain(old);
  });
});

test('each generation of a token has one value under one name', () => {
  for (const rotation of ROTATIONS) {
    const names = tokenGenerations('cache-api-token', rotation).map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
  }
  expect(DATABASE_LOGINS.map((login) => loginGeneration(login, 1))).toEqual([1, 0]);
});
