import { createHash } from 'node:crypto';

/** The subscription of an evaluation; globally unique names depend on it. */
export interface Account {
  readonly subscriptionId: string;
  readonly tenantId: string;
}

export const SUBSCRIPTION_ID = '00000000-5111-4000-8000-000000000001';
export const TENANT_ID = '00000000-5111-4000-8000-000000000002';
/** Exists nowhere. */
export const NOBODYS_ACCOUNT: Account = { subscriptionId: SUBSCRIPTION_ID, tenantId: TENANT_ID };
export const DEPLOYER_OBJECT_ID = '00000000-5111-4000-8000-000000000003';
export const DEPLOYER_CLIENT_ID = '00000000-5111-4000-8000-000000000004';

/** A GUID computed from the text; stands for one that Azure would generate. */
export function guidFor(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
