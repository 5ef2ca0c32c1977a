import { type Answer, notFound, ok } from './answer.ts';
import type { Plane } from './plane.ts';
import { MethodNotAllowed } from './route.ts';
import type { Scope } from './scope.ts';

/** `POST …/storageAccounts/{account}/listKeys`, which a mount is written with. */
export function listKeys(
  plane: Plane,
  method: string,
  { account, rest }: Extract<Scope, { kind: 'storageAccount' }>,
): Answer {
  const key = plane.accountKey(account);
  if (key === undefined || rest.length !== 1 || rest[0]?.toLowerCase() !== 'listkeys') {
    throw notFound(
      `The Resource 'Microsoft.Storage/storageAccounts/${account}' under resource group '${plane.resourceGroup}' was not found.`,
    );
  }
  if (method !== 'POST') throw new MethodNotAllowed(method, ['POST']);
  return ok({ keys: [{ keyName: 'key1', permissions: 'FULL', value: key }] });
}
