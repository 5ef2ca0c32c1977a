import { always, byStage, choice, flag, integer, list, optionalText } from './key.ts';

export const edge = {
  enabled: flag('edge.enabled', {
    about:
      'Front Door with WAF before the app; then both slots answer nobody else. Costs about 330 USD a month with Premium.',
    example: 'true',
    default: byStage({ prod: true, dev: false }),
  }),
  sku: choice('edge.sku', ['Premium_AzureFrontDoor', 'Standard_AzureFrontDoor'], {
    about: 'Managed WAF rules need Premium.',
    example: 'Premium_AzureFrontDoor',
    default: always<'Premium_AzureFrontDoor' | 'Standard_AzureFrontDoor'>('Premium_AzureFrontDoor'),
  }),
  wafMode: choice('edge.wafMode', ['Prevention', 'Detection'], {
    about: 'Whether the WAF blocks or only writes down.',
    example: 'Prevention',
    default: always<'Prevention' | 'Detection'>('Prevention'),
  }),
  rateLimitPerMinute: integer(
    'edge.rateLimitPerMinute',
    { min: 10, max: 1_000_000 },
    {
      about: 'Requests one address may make before the WAF refuses it.',
      example: '3000',
      unit: 'per minute',
      default: always(3000),
    },
  ),
  domain: optionalText(
    'edge.domain',
    { form: 'a host name', pattern: /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/ },
    {
      about:
        'A host name of your own for production; Front Door gets its certificate. The outputs say which DNS records it needs.',
      example: 'www.example.org',
    },
  ),
} as const;

export const observe = {
  retentionDays: integer(
    'observe.retentionDays',
    { min: 30, max: 730 },
    {
      about: 'How long logs are kept.',
      example: '90',
      unit: 'days',
      default: byStage({ prod: 90, dev: 30 }),
    },
  ),
  dailyCapGb: integer(
    'observe.dailyCapGb',
    { min: 0, max: 1000 },
    {
      about: 'Logs taken in per day before the rest is dropped; 0 is without a cap.',
      example: '5',
      unit: 'GB',
      default: byStage({ prod: 10, dev: 1 }),
    },
  ),
  alerts: flag('observe.alerts', {
    about: 'Alert rules.',
    example: 'true',
    default: always(true),
  }),
  alertEmails: list(
    'observe.alertEmails',
    { form: 'an e-mail address', pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/ },
    {
      about: 'Who gets alerts and the budget warnings. With nobody here alerts only show in the portal.',
      example: '["on-call@example.org"]',
      default: always([]),
    },
  ),
  alertWebhooks: list(
    'observe.alertWebhooks',
    { form: 'an https address', pattern: /^https:\/\/[^\s]+$/ },
    {
      about:
        "Addresses that alerts are posted to in Azure's common alert schema: a workflow of Teams or Slack, a pager. Set it with `--secret`.",
      example: '["https://hooks.example.org/alerts"]',
      default: always([]),
    },
  ),
  runbooks: optionalText(
    'observe.runbooks',
    { form: 'an https address without a slash at its end', pattern: /^https:\/\/[^\s]*[^\s/]$/ },
    {
      about:
        'Where docs/runbooks of your repository can be read: each alert links to its page there. Without it an alert names the path in the repository.',
      example: 'https://github.com/OWNER/REPO/blob/main/docs/runbooks',
    },
  ),
  availabilityTests: flag('observe.availabilityTests', {
    about: 'Standard availability tests from five places, through the public door.',
    example: 'true',
    default: byStage({ prod: true, dev: false }),
  }),
} as const;

export const budget = {
  amount: integer(
    'budget.amount',
    { min: 0, max: 1_000_000 },
    {
      about: 'Monthly budget of the stage, in the currency of the subscription; 0 makes none.',
      example: '900',
      default: byStage({ prod: 1500, dev: 250 }),
    },
  ),
  startDate: optionalText(
    'budget.startDate',
    { form: 'the first of a month, YYYY-MM-01', pattern: /^20\d\d-(0[1-9]|1[0-2])-01$/ },
    {
      about:
        'First month of the budget: the current one when it is made, Azure takes no other; afterwards it must not move. Without it there is no budget.',
      example: '2026-12-01',
    },
  ),
} as const;
