import { expect, test } from '@jest/globals';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import { latency } from './latency.ts';

/** A slot whose every nth answer is a fast 500. */
function slot(everyNthFails: number, ms = 10): WebSlot {
  let asked = 0;
  const ask = async (): Promise<Observation> => {
    asked += 1;
    const status = asked % everyNthFails === 0 ? 500 : 200;
    return { status, ms: status === 200 ? ms : 1, text: '', location: undefined, reason: undefined };
  };
  return { ask } as unknown as WebSlot;
}

test('a slot within the budget passes, also when one request fails', async () => {
  expect(await latency.check({ slot: slot(1000), path: '/', p95BudgetMs: 50 })).toBeUndefined();
  expect(await latency.check({ slot: slot(40), path: '/', p95BudgetMs: 50 })).toBeUndefined();
});

test('a slow slot is refused', async () => {
  await expect(latency.check({ slot: slot(1000, 60), path: '/', p95BudgetMs: 50 })).rejects.toThrow(
    /takes 60 ms at p95/,
  );
});

test('a slot that fails fast is refused', async () => {
  await expect(latency.check({ slot: slot(10), path: '/', p95BudgetMs: 50 })).rejects.toThrow(
    /4 of 40 requests .* failed \(500\)/,
  );
});

test('what the first processes take to load the code is not counted', async () => {
  let asked = 0;
  const ask = async (): Promise<Observation> => {
    asked += 1;
    return { status: 200, ms: asked <= 4 ? 5_000 : 10, text: '', location: undefined, reason: undefined };
  };
  const cold = { ask } as unknown as WebSlot;
  expect(await latency.check({ slot: cold, path: '/', p95BudgetMs: 50 })).toBeUndefined();
});
