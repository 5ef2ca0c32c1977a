import { expect, test } from '@jest/globals';
import type { AppService } from '../appservice/app-service.ts';
import { noSwapUnderWay } from './no-swap-under-way.ts';

const site = (inProgress: boolean) =>
  ({ swapStatus: async () => ({ lastSwap: undefined, inProgress }) }) as unknown as AppService;

test('a site whose slots nobody swaps passes', async () => {
  expect(await noSwapUnderWay.check({ appService: site(false) })).toBeUndefined();
});

test('a site whose slots somebody else swaps is refused', async () => {
  await expect(noSwapUnderWay.check({ appService: site(true) })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-SWAP-UNDER-WAY',
  });
});
