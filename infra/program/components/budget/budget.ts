import { Budget as MonthlyBudget } from '@pulumi/azure-native/consumption/budget.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';

/** Warns before the monthly budget is spent. It does not stop anything. */
export class Budget extends ComponentResource {
  constructor(context: Context, input: { groupId: Output<string>; actionGroupId: Output<string> }) {
    super('slipway:program:Budget', 'budget');
    const { amount, startDate } = context.config.budget;
    if (amount > 0 && startDate !== '') this.#budget(context, input);
    this.registerOutputs({});
  }

  /** The start has to be the first of a month and cannot change later, so it comes from config. */
  #budget(
    { config, names }: Context,
    { groupId, actionGroupId }: { groupId: Output<string>; actionGroupId: Output<string> },
  ) {
    const { amount, startDate } = config.budget;
    const contacts = {
      enabled: true,
      contactEmails: [...config.observe.alertEmails],
      contactRoles: ['Owner'],
      contactGroups: [actionGroupId],
    };
    return new MonthlyBudget(
      'budget',
      {
        budgetName: names.scoped('budget'),
        scope: groupId,
        category: 'Cost',
        amount,
        timeGrain: 'Monthly',
        timePeriod: { startDate: `${startDate}T00:00:00Z` },
        notifications: {
          actual80: { ...contacts, operator: 'GreaterThanOrEqualTo', threshold: 80, thresholdType: 'Actual' },
          forecast100: { ...contacts, operator: 'GreaterThanOrEqualTo', threshold: 100, thresholdType: 'Forecasted' },
        },
      },
      { parent: this },
    );
  }
}
