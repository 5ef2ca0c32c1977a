import { expect, test } from '@jest/globals';
import { SharedCount } from './shared-count.ts';

function controlled(reuseMs: number) {
  let now = 0;
  let begun = 0;
  const ends: (() => void)[] = [];
  const count = (): Promise<number> => {
    begun += 1;
    const number = begun;
    return new Promise((resolve) => ends.push(() => resolve(number)));
  };
  const shared = new SharedCount(
    count,
    () => now,
    () => reuseMs,
  );
  const end = async (): Promise<void> => {
    ends.shift()?.();
    for (let at = 0; at < 5; at += 1) await Promise.resolve();
  };
  return { shared, end, begun: () => begun, pass: (ms: number) => (now += ms) };
}

test('a caller never gets a count that began before its call; those who wait at once share one', async () => {
  const { shared, end, begun } = controlled(0);
  const first = shared.get();
  const later = [shared.get(), shared.get()];
  await end();
  expect(await first).toBe(1);
  await end();
  expect(await Promise.all(later)).toEqual([2, 2]);
  expect(begun()).toBe(2);
});

test('a result is reused for as long as it may be, and not after it was dropped', async () => {
  const { shared, end, begun, pass } = controlled(100);
  const first = shared.get();
  await end();
  expect([await first, await shared.get(), begun()]).toEqual([1, 1, 1]);
  shared.forget();
  const second = shared.get();
  await end();
  expect(await second).toBe(2);
  pass(100);
  const outdated = shared.get();
  shared.forget();
  await end();
  expect(await outdated).toBe(3);
  const third = shared.get();
  await end();
  expect(await third).toBe(4);
});

test('a count that fails fails for those who waited for it, and the next one is made anew', async () => {
  let fails = true;
  const shared = new SharedCount(
    () => (fails ? Promise.reject(new Error('gone')) : Promise.resolve(1)),
    () => 0,
    () => 0,
  );
  await expect(Promise.allSettled([shared.get(), shared.get()])).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);
  fails = false;
  expect(await shared.get()).toBe(1);
});
