import { expect, test } from '@jest/globals';
import { PLAN_SKUS } from './plan-sizes.ts';

test('a plan’s tier is the one that Azure gives back: P0 and the memory-optimised sizes have tiers of their own', () => {
  const tiers = Object.entries(PLAN_SKUS).map(([name, { tier }]) => `${name} ${tier}`);
  expect(tiers).toEqual([
    ...['S1', 'S2', 'S3'].map((name) => `${name} Standard`),
    'P0v3 Premium0V3',
    ...['P1v3', 'P2v3', 'P3v3'].map((name) => `${name} PremiumV3`),
    ...['P1mv3', 'P2mv3', 'P3mv3'].map((name) => `${name} PremiumMV3`),
    'P0v4 Premium0V4',
    ...['P1v4', 'P2v4', 'P3v4'].map((name) => `${name} PremiumV4`),
    ...['P1mv4', 'P2mv4', 'P3mv4'].map((name) => `${name} PremiumMV4`),
  ]);
});
