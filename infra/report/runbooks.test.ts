import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { LOG_RULES, SIDECAR_RULES } from '../program/components/alerts/log-rules.ts';
import { metricRules, WATCHED } from '../program/components/alerts/metric-rules.ts';
import { RUNBOOKS, type Runbook, runbookAddress } from '../program/components/alerts/runbooks.ts';

const SECTIONS = ['You see', 'For visitors', 'First command', 'Decide', 'Over when', 'Afterwards'];

const pageOf = (runbook: Runbook): Promise<string> =>
  readFile(new URL(`../../${runbookAddress('', runbook)}`, import.meta.url), 'utf8');

const alerts: readonly { readonly name: string; readonly runbook: Runbook }[] = [
  ...WATCHED.flatMap((watched) => metricRules(watched, { autoscaleMax: 1, shareGb: 1 })),
  ...LOG_RULES,
  ...SIDECAR_RULES,
  { name: 'unavailable', runbook: 'production-down' },
];

test.each(alerts)('the page that $name links to is there and names it', async ({ name, runbook }) => {
  const [, named = ''] = /^Alerts?: (.*)$/m.exec(await pageOf(runbook)) ?? [];
  expect(named).toContain(`\`${name}\``);
});

test.each(RUNBOOKS)('%s says what one sees, what to do and when it is over, in this order', async (runbook) => {
  const headings = [...(await pageOf(runbook)).matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
  expect(headings.filter((heading) => SECTIONS.includes(heading))).toEqual(SECTIONS);
});
