import { expect, test } from '@jest/globals';
import { InstantClock } from '../../testbed/instant-clock.ts';
import { whileBusy } from './while-busy.ts';

const refusal = (statusCode: number, message = '') => Object.assign(new Error(message), { statusCode });
const ANOTHER = 'Cannot modify this site because another operation is in progress. Details: OperationName: ';

/** A call that is refused twice. */
function call(error: Error) {
  let calls = 0;
  const answer = async (): Promise<number> => {
    calls += 1;
    if (calls < 3) throw error;
    return calls;
  };
  return answer;
}

test.each([refusal(409, `${ANOTHER}Update`), refusal(429), refusal(503)])(
  'a call that meets a busy management plane is made again',
  async (error) => {
    expect(await whileBusy(1, call(error), new InstantClock())).toBe(3);
  },
);

test.each([
  refusal(409, `${ANOTHER}SwapSiteSlots`),
  refusal(409, 'The slot cannot be changed because its configuration settings have been prepared for swap.'),
  refusal(403),
  new Error('no connection'),
])('another refusal is final', async (error) => {
  await expect(whileBusy(1, call(error), new InstantClock())).rejects.toBe(error);
});

test('a management plane that stays busy is asked for a minute, at a poll of a second', async () => {
  const busy = refusal(503);
  const clock = new InstantClock();
  await expect(whileBusy(1_000, () => Promise.reject(busy), clock)).rejects.toBe(busy);
  expect(clock.now()).toBe(65_000);
});
