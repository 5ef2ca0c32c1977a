import { expect, test } from '@jest/globals';
import { readConfig } from '../../config/read-config.ts';
import { wafPolicy } from './waf.ts';

const edge = (set: Readonly<Record<string, string>> = {}) =>
  readConfig({
    'slipway:stage': 'prod',
    'slipway:sidecar.digest': 'none',
    ...Object.fromEntries(Object.entries(set).map(([key, value]) => [`slipway:${key}`, value])),
  }).edge;

test('the WAF blocks by managed rules where Front Door has them, and by rate everywhere', () => {
  expect(wafPolicy(edge())).toMatchObject({ policySettings: { enabledState: 'Enabled', mode: 'Prevention' } });
  expect(wafPolicy(edge()).managedRules.managedRuleSets.map(({ ruleSetType }) => ruleSetType)).toEqual([
    'Microsoft_DefaultRuleSet',
    'Microsoft_BotManagerRuleSet',
  ]);
  const standard = wafPolicy(edge({ 'edge.sku': 'Standard_AzureFrontDoor', 'edge.rateLimitPerMinute': '99' }));
  expect(standard.managedRules.managedRuleSets).toEqual([]);
  expect(standard.customRules.rules).toEqual([
    expect.objectContaining({
      ruleType: 'RateLimitRule',
      rateLimitThreshold: 99,
      rateLimitDurationInMinutes: 1,
      action: 'Block',
    }),
  ]);
});

test('the rate limit counts every address, of both kinds', () => {
  const [rule] = wafPolicy(edge()).customRules.rules;
  expect(rule?.matchConditions).toEqual([
    { matchVariable: 'SocketAddr', operator: 'IPMatch', matchValue: ['0.0.0.0/0', '::/0'] },
  ]);
});
