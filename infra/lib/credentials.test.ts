import { expect, test } from '@jest/globals';
import { withCredentialsOf } from './credentials.ts';

const earlier = {
  DATABASE_USER: 'slipway_a',
  DATABASE_PASSWORD: '@a',
  DB_USERNAME: 'slipway_a',
  DB_PASSWORD: '@a',
  CREDENTIALS_ROTATION: '1',
  APP_DEBUG: '1',
};

test('an earlier version runs with the credentials that production has, under each name', () => {
  const production = {
    DATABASE_USER: 'slipway_b',
    DATABASE_PASSWORD: '@b',
    RELEASE_TOKEN_NEXT: '@next',
    CREDENTIALS_ROTATION: '2',
    OTHER: 'x',
  };
  expect(withCredentialsOf(production, earlier)).toEqual({
    DATABASE_USER: 'slipway_b',
    DATABASE_PASSWORD: '@b',
    DB_USERNAME: 'slipway_b',
    DB_PASSWORD: '@b',
    RELEASE_TOKEN_NEXT: '@next',
    CREDENTIALS_ROTATION: '2',
    APP_DEBUG: '1',
  });
});

test('without a rotation in between nothing changes', () => {
  expect(withCredentialsOf(earlier, earlier)).toEqual(earlier);
});
