import { problemOf, type StackCheck } from './stack-check.ts';

const NAME = 'logs';

/** Over its daily cap a workspace takes no more rows: logs, and the alerts that read them, see nothing. */
export const logCap: StackCheck = {
  name: NAME,
  role: 'Log Analytics Reader',
  run: async ({ name, workspace }) => {
    const { ingestion, capResetAt } = await workspace();
    if (!/^(OverQuota|SubscriptionSuspended|ForceOff)$/.test(ingestion)) {
      return [{ check: NAME, verdict: 'fine', found: 'the workspace takes what it is sent' }];
    }
    const until = capResetAt === '' ? '' : `, until ${capResetAt}`;
    return [
      problemOf(
        NAME,
        `the workspace takes nothing more${until} (${ingestion}): logs, and alerts that read them, are blind`,
        `npx pulumi config set slipway:observe.dailyCapGb GB -s ${name}, then npx pulumi up -s ${name}`,
        { page: 'docs/runbooks/alerts.md' },
      ),
    ];
  },
};
