import { expect, test } from '@jest/globals';
import { untilDefined, untilTrue } from './until.ts';

const patient = { limitMs: 10_000, pollMs: 1 };

test('asks again until there is an answer', async () => {
  let asked = 0;
  expect(await untilDefined(patient, () => (++asked < 3 ? undefined : asked))).toBe(3);
});

test('asks once when there is no time, and gives nothing', async () => {
  let asked = 0;
  expect(await untilDefined({ limitMs: 0, pollMs: 1 }, () => void asked++)).toBeUndefined();
  expect(asked).toBe(1);
});

test('an answer that is false is an answer; a condition that is false is asked again', async () => {
  expect(await untilDefined(patient, () => false)).toBe(false);
  let asked = 0;
  expect(await untilTrue(patient, async () => ++asked === 3)).toBe(true);
  expect(await untilTrue({ limitMs: 0, pollMs: 1 }, () => false)).toBe(false);
});

test('what the question throws ends the waiting', async () => {
  await expect(
    untilDefined(patient, () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
});
