import { expect, test } from '@jest/globals';
import { addressPlan } from './cidr.ts';
import { endpointRules, mysqlRules } from './security-rules.ts';

const plan = addressPlan('10.40.0.0/22');

test('only the app reaches MySQL, and MySQL itself', () => {
  const allowed = mysqlRules(plan).filter(({ access }) => access === 'Allow');
  expect(allowed.map((rule) => [rule.sourceAddressPrefix, rule.destinationAddressPrefix])).toEqual([
    [plan.app, plan.mysql],
    [plan.mysql, plan.mysql],
  ]);
});

test('only the app reaches the private endpoints, by the ports of Blob and Redis', () => {
  const [allowed, ...others] = endpointRules(plan, { hasShare: false }).filter(({ access }) => access === 'Allow');
  expect(allowed).toMatchObject({ sourceAddressPrefix: plan.app, destinationPortRanges: ['443', '10000', '6380'] });
  expect(others).toEqual([]);
});

test.each([
  ['MySQL', mysqlRules(plan)],
  ['endpoints', endpointRules(plan, { hasShare: true })],
])('%s: nobody else in the network, and every rule has a priority of its own', (_, rules) => {
  const last = rules.at(-1);
  expect(last).toMatchObject({ access: 'Deny', sourceAddressPrefix: 'VirtualNetwork', destinationPortRange: '*' });
  const priorities = rules.map(({ priority }) => priority);
  expect(new Set(priorities).size).toBe(rules.length);
  expect(last?.priority).toBe(Math.max(...priorities));
});
