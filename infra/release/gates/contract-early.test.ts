import { expect, test } from '@jest/globals';
import { contractEarly } from './contract-early.ts';

const knows = { role: 'live', version: 'b', migrations: ['20260101000000', '20260202000000'] };
const old = { role: 'what a rollback returns to', version: 'a', migrations: ['20260101000000'] };

test('a contract migration is refused while a version that may serve was built before it', () => {
  expect(() => contractEarly.check({ pending: ['20260202000000'], serving: [knows, old] })).toThrow(
    /takes away what version a needs, and that is what a rollback returns to/,
  );
});

test('what a version knows is what its tree has, whatever its names sort like', () => {
  const other = { ...old, migrations: ['3026_other'] };
  expect(() => contractEarly.check({ pending: ['2026_it'], serving: [other] })).toThrow(
    'takes away what version a needs',
  );
});

test('a contract migration passes when every version that may serve was built with it', () => {
  expect(contractEarly.check({ pending: ['20260202000000'], serving: [knows] })).toBeUndefined();
});
