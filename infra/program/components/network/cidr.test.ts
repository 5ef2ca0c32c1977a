import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressPlan, formatCidr, isPrivate, NARROWEST_PREFIX, overlaps, parseCidr, WIDEST_PREFIX } from './cidr.ts';

const cidr = fc
  .record({ address: fc.nat(2 ** 32 - 1), prefix: fc.integer({ min: WIDEST_PREFIX, max: NARROWEST_PREFIX }) })
  .map(({ address, prefix }) => {
    const size = 2 ** (32 - prefix);
    return formatCidr({ first: Math.floor(address / size) * size, last: 0, prefix });
  });

function range(text: string) {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is no range`);
  return parsed;
}

test('what is written is what was read', () => {
  fc.assert(fc.property(cidr, (text) => formatCidr(range(text)) === text));
});

test.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0.1/24', '256.0.0.0/8', '10.0.0/24', '::/0'])(
  '%p is no range',
  (text) => {
    expect(parseCidr(text)).toBeUndefined();
  },
);

test('the subnets of any range lie in it, begin at their own prefix and do not overlap', () => {
  fc.assert(
    fc.property(cidr, (space) => {
      const whole = range(space);
      const subnets = Object.values(addressPlan(space)).map(range);
      for (const [index, subnet] of subnets.entries()) {
        expect(subnet.first).toBeGreaterThanOrEqual(whole.first);
        expect(subnet.last).toBeLessThanOrEqual(whole.last);
        for (const other of subnets.slice(index + 1)) expect(overlaps(subnet, other)).toBe(false);
      }
    }),
  );
});

test('the narrowest range still gives the app a /26 and MySQL and the endpoints a /27', () => {
  expect(addressPlan('10.1.2.0/24')).toEqual({ app: '10.1.2.0/26', mysql: '10.1.2.64/27', endpoints: '10.1.2.96/27' });
});

test('ranges overlap when they share an address, and not when they only touch', () => {
  expect(overlaps(range('10.0.0.0/24'), range('10.0.0.128/25'))).toBe(true);
  expect(overlaps(range('10.0.0.0/24'), range('10.0.1.0/24'))).toBe(false);
});

test('only what lies whole in a private space is private', () => {
  expect(isPrivate(range('172.31.0.0/16'))).toBe(true);
  expect(isPrivate(range('172.32.0.0/16'))).toBe(false);
  expect(isPrivate(range('172.0.0.0/8'))).toBe(false);
});
