import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { warm } from './warm.ts';

/** How often a slot with these answers is asked; the last one for ever. */
async function asked(...answers: readonly object[]): Promise<number> {
  let turn = 0;
  const ask = async () => ({ status: 200, text: JSON.stringify(answers[Math.min(turn++, answers.length - 1)]) });
  await warm({ ask } as unknown as WebSlot, 'token');
  return turn;
}

test('a slot is asked until each of its workers has answered, at most three times', async () => {
  expect(await asked({ requests: 4, answered: 4 })).toBe(1);
  expect(await asked({ requests: 4, answered: 2 }, { requests: 4, answered: 4 })).toBe(2);
  expect(await asked({ requests: 4, answered: 2 })).toBe(3);
});

test('a slot that cannot warm up is asked once', async () => {
  let turn = 0;
  const ask = async () => {
    turn += 1;
    return { status: 404, text: '' };
  };
  await warm({ ask } as unknown as WebSlot, 'token');
  expect(turn).toBe(1);
});
