import { afterEach, expect, jest, test } from '@jest/globals';
import { freePort } from './free-port.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

test('a port is given once, though nothing listens on it yet', async () => {
  const first = await freePort();
  // Chance hits the same number again.
  jest.spyOn(Math, 'random').mockReturnValueOnce((first - 10_240 + 0.5) / (32_000 - 10_240));
  expect(await freePort()).not.toBe(first);
  expect(Math.random).toHaveBeenCalledTimes(2);
});
