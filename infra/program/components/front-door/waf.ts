import type { Config } from '../../config/config.ts';

/**
 * Rules of the WAF. Managed rules need the Premium tier:
 * https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-drs
 */
export function wafPolicy({ sku, wafMode, rateLimitPerMinute }: Config['edge']) {
  const premium = sku === 'Premium_AzureFrontDoor';
  return {
    policySettings: { enabledState: 'Enabled', mode: wafMode, requestBodyCheck: 'Enabled' },
    customRules: { rules: [rateLimit(rateLimitPerMinute)] },
    managedRules: { managedRuleSets: premium ? MANAGED_RULES : [] },
  };
}

const MANAGED_RULES = [
  { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' },
  { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' },
];

/** Counts by the address of the connection; X-Forwarded-For can be forged. */
function rateLimit(perMinute: number) {
  return {
    name: 'TooManyRequests',
    priority: 100,
    enabledState: 'Enabled',
    ruleType: 'RateLimitRule',
    rateLimitDurationInMinutes: 1,
    rateLimitThreshold: perMinute,
    action: 'Block',
    matchConditions: [{ matchVariable: 'SocketAddr', operator: 'IPMatch', matchValue: ['0.0.0.0/0', '::/0'] }],
  };
}
