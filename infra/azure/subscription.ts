import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DefaultAzureCredential } from '@azure/identity';
import type { Account } from '../evaluate/subscription.ts';
import { AZURE_API } from '../lib/azure-api-versions.ts';
import { SlipError } from '../lib/errors.ts';
import { textOf } from '../lib/json.ts';
import { Arm, MANAGEMENT } from './arm.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Azure's management plane, with the default credentials. */
export function managementPlane(): Arm {
  return new Arm({ token: managementToken() });
}

export function managementToken(): () => Promise<string> {
  const credential = new DefaultAzureCredential();
  return async () => (await credential.getToken(`${MANAGEMENT}/.default`)).token;
}

/** The chosen subscription with its tenant. Throws SLIP-ARM-SUBSCRIPTION when Azure does not know it. */
export async function chosenAccount(
  arm: Arm,
  named: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Account> {
  const subscriptionId = await chosenSubscription(named, environment);
  const answer = await arm.get(`/subscriptions/${subscriptionId}`, AZURE_API.subscriptions);
  const tenantId = textOf(answer.body, 'tenantId');
  if (answer.status !== 200 || tenantId === '') {
    throw noSubscription(`Azure answers ${answer.status} for subscription ${subscriptionId}`);
  }
  return { subscriptionId, tenantId };
}

/**
 * The subscription by argument, environment or Azure CLI.
 * Throws SLIP-ARM-SUBSCRIPTION when there is none.
 */
export async function chosenSubscription(named: string | undefined, environment: NodeJS.ProcessEnv): Promise<string> {
  const chosen = named ?? environment.AZURE_SUBSCRIPTION_ID ?? environment.ARM_SUBSCRIPTION_ID ?? (await ofCli());
  if (GUID.test(chosen)) return chosen;
  throw noSubscription(chosen === '' ? 'no subscription is chosen' : `'${chosen}' is no subscription id`);
}

async function ofCli(): Promise<string> {
  const args = ['account', 'show', '--query', 'id', '--output', 'tsv'];
  return promisify(execFile)('az', args).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}

function noSubscription(found: string): SlipError {
  return new SlipError('SLIP-ARM-SUBSCRIPTION', {
    found,
    expected: '--subscription ID, AZURE_SUBSCRIPTION_ID, or one chosen by `az account set`',
    fix: 'az account list --output table shows those you can use',
  });
}
