import { expect, test } from '@jest/globals';
import { Seal } from './seal.ts';

const seal = new Seal('secret', 'prod');
const entry = { version: 'a', settings: { B: '1', A: undefined }, list: [1, { deep: true }] };

test('a value is genuine with its seal, also after it went through JSON', () => {
  const mac = seal.of('history', entry);
  expect(seal.isGenuine('history', entry, mac)).toBe(true);
  expect(seal.isGenuine('history', JSON.parse(JSON.stringify(entry)), mac)).toBe(true);
});

test.each([
  { what: 'another value', genuine: (mac: string) => seal.isGenuine('history', { ...entry, version: 'b' }, mac) },
  { what: 'another kind of record', genuine: (mac: string) => seal.isGenuine('intent', entry, mac) },
  { what: 'another stack', genuine: (mac: string) => new Seal('secret', 'dev').isGenuine('history', entry, mac) },
  { what: 'another secret', genuine: (mac: string) => new Seal('guess', 'prod').isGenuine('history', entry, mac) },
  { what: 'part of a seal', genuine: (mac: string) => seal.isGenuine('history', entry, mac.slice(0, 20)) },
  { what: 'no seal', genuine: () => seal.isGenuine('history', entry, undefined) },
])('$what is not genuine', ({ genuine }) => {
  expect(genuine(seal.of('history', entry))).toBe(false);
});
