import { inputAt, ofKind, textAt } from '../../evaluate/inputs.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { fieldOf, listOf, textOf } from '../../lib/json.ts';
import { type Check, type CheckContext, type Finding, fine, problem, unknown } from './check.ts';

const NAME = 'App Service plan';

/** New subscriptions often have a quota of 0 for Premium plans, and some regions are sold out. */
export const planQuota: Check = {
  name: NAME,
  run: async (context) => {
    const plans = ofKind(context.evaluation, 'web:AppServicePlan');
    const sizes = plans.map((plan) => ({
      sku: textAt(plan, 'sku.name'),
      tier: textAt(plan, 'sku.tier'),
      instances: Number(inputAt(plan, 'sku.capacity') ?? 1),
    }));
    return (
      await Promise.all(sizes.map(async (size) => [await sold(context, size), await quota(context, size)]))
    ).flat();
  },
};

interface Size {
  readonly sku: string;
  readonly tier: string;
  readonly instances: number;
}

async function sold({ arm, subscriptionId, location }: CheckContext, { tier }: Size): Promise<Finding> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Web/geoRegions?sku=${tier}&linuxWorkersEnabled=true`;
  const answer = await arm.get(path, AZURE_API.appService);
  if (answer.status !== 200) return unknown(NAME, `where ${tier} is sold`, answer);
  const regions = listOf(answer.body, 'value').map((region) =>
    textOf(region, 'name').toLowerCase().replaceAll(' ', ''),
  );
  if (regions.includes(location)) return fine(NAME, `${tier} for Linux is sold in ${location}`);
  return problem(
    NAME,
    `${tier} for Linux is not sold in ${location}`,
    `pulumi config set slipway:location REGION, or another slipway:plan.sku; ${tier} is sold in ${regions.slice(0, 6).join(', ')}`,
  );
}

/** Azure names quotas by size or by tier. A size without one is not limited that way. */
async function quota(
  { arm, subscriptionId, location }: CheckContext,
  { sku, tier, instances }: Size,
): Promise<Finding> {
  const answer = await arm.get(
    `/subscriptions/${subscriptionId}/providers/Microsoft.Web/locations/${location}/usages`,
    AZURE_API.appService,
  );
  if (answer.status !== 200) return unknown(NAME, `the quota for ${sku}`, answer);
  const named = listOf(answer.body, 'value').find((usage) => {
    const name = `${textOf(usage, 'name', 'value')} ${textOf(usage, 'name', 'localizedValue')}`.toLowerCase();
    return name.includes(sku.toLowerCase()) || name.includes(tier.toLowerCase());
  });
  if (named === undefined) return unknown(NAME, `the quota for ${sku}`, answer);
  const left = Number(fieldOf(named, 'limit')) - Number(fieldOf(named, 'currentValue'));
  if (left >= instances)
    return fine(NAME, `${left} more of ${sku} are allowed in ${location}, ${instances} are wanted`);
  return problem(
    NAME,
    `${left} more of ${sku} are allowed in ${location}, ${instances} are wanted`,
    'ask for more: https://aka.ms/antquotahelp, or take another slipway:plan.sku or slipway:location',
  );
}
