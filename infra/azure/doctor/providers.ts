import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { textOf } from '../../lib/json.ts';
import { namespacesOf, REGISTERED_TOO } from '../bootstrap/namespaces.ts';
import { type Check, type CheckContext, type Finding, fine, problem, unknown } from './check.ts';

const NAME = 'resource providers';

/** Pulumi does not always register what it needs (pulumi-azure-native#3479); an unregistered one stops the `up` midway. */
export const providers: Check = {
  name: NAME,
  run: async (context) => {
    const namespaces = new Set([...namespacesOf(context.evaluation), ...REGISTERED_TOO]);
    const findings = await Promise.all([...namespaces].toSorted().map((namespace) => checkOne(context, namespace)));
    const wrong = findings.filter(({ verdict }) => verdict !== 'fine');
    return wrong.length > 0 ? wrong : [fine(NAME, `all ${findings.length} are registered`)];
  },
};

async function checkOne({ arm, subscriptionId }: CheckContext, namespace: string): Promise<Finding> {
  const answer = await arm.get(`/subscriptions/${subscriptionId}/providers/${namespace}`, AZURE_API.resources);
  const state = textOf(answer.body, 'registrationState');
  if (answer.status !== 200) return unknown(NAME, `whether ${namespace} is registered`, answer);
  if (state === 'Registered') return fine(NAME, `${namespace} is registered`);
  return problem(
    NAME,
    `${namespace} is ${state === '' ? 'in no state' : state}`,
    `az provider register --namespace ${namespace} --wait`,
  );
}
