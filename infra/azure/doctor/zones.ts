import { inputAt, ofKind, textAt } from '../../evaluate/inputs.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { listOf, textOf } from '../../lib/json.ts';
import { type Check, fine, problem, unknown } from './check.ts';

const NAME = 'availability zones';

/** Zone redundancy needs a region with zones for this subscription. */
export const zones: Check = {
  name: NAME,
  run: async ({ arm, evaluation, subscriptionId, location }) => {
    const zoneRedundant = [
      ...ofKind(evaluation, 'web:AppServicePlan').filter((plan) => inputAt(plan, 'zoneRedundant') === true),
      ...ofKind(evaluation, 'dbformysql:Server').filter(
        (server) => textAt(server, 'highAvailability.mode') === 'ZoneRedundant',
      ),
      ...ofKind(evaluation, 'storage:StorageAccount').filter((account) => textAt(account, 'sku.name').endsWith('ZRS')),
    ].map(({ name }) => name);
    const answer = await arm.get(`/subscriptions/${subscriptionId}/locations`, AZURE_API.subscriptions);
    if (answer.status !== 200) return [unknown(NAME, 'which regions there are', answer)];
    const region = listOf(answer.body, 'value').find((each) => textOf(each, 'name') === location);
    if (region === undefined) {
      return [
        problem(
          NAME,
          `the subscription has no region ${location}`,
          'pulumi config set slipway:location REGION; az account list-locations',
        ),
      ];
    }
    const has = listOf(region, 'availabilityZoneMappings').length;
    if (zoneRedundant.length === 0 || has > 0)
      return [fine(NAME, `${location} has ${has === 0 ? 'none, and none are wanted' : has}`)];
    return [
      problem(
        NAME,
        `${location} has none, and ${zoneRedundant.join(', ')} want them`,
        'a region with zones, or what wants them without',
      ),
    ];
  },
};
