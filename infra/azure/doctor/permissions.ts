import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { listOf } from '../../lib/json.ts';
import { type Check, fine, problem, unknown } from './check.ts';

const NAME = 'your roles';

/** Actions of an `up`, with a role that allows them. */
const NEEDED: Readonly<Record<string, string>> = {
  'Microsoft.Resources/subscriptions/resourceGroups/write': 'Contributor',
  'Microsoft.Web/sites/write': 'Contributor',
  'Microsoft.Authorization/roleAssignments/write': 'Role Based Access Control Administrator',
  'Microsoft.Authorization/locks/write': 'Locks Contributor',
};

/** Checks the signed-in user, who is assumed to run the `up`. */
export const permissions: Check = {
  name: NAME,
  run: async ({ arm, subscriptionId }) => {
    const answer = await arm.get(
      `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/permissions`,
      AZURE_API.authorization,
    );
    if (answer.status !== 200) return [unknown(NAME, 'what you may do', answer)];
    const granted = listOf(answer.body, 'value').map((each) => ({
      actions: listOf(each, 'actions').map(String),
      notActions: listOf(each, 'notActions').map(String),
    }));
    const missing = Object.entries(NEEDED).filter(([action]) => !granted.some((role) => allows(role, action)));
    if (missing.length === 0) return [fine(NAME, 'they are enough on the subscription')];
    return missing.map(([action, role]) =>
      problem(
        NAME,
        `you may not ${action}`,
        `az role assignment create --role "${role}" --assignee YOU --scope /subscriptions/${subscriptionId}`,
      ),
    );
  },
};

/** Whether a role allows an action: it matches one of `actions` and none of `notActions`. */
export function allows(
  role: { readonly actions: readonly string[]; readonly notActions: readonly string[] },
  action: string,
): boolean {
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`, 'i').test(action);
  return role.actions.some(matches) && !role.notActions.some(matches);
}

function literally(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&');
}
