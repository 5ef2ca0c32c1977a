import { WebSiteManagementClient } from '@azure/arm-appservice';
import { deadlinePolicies } from '../../azure/deadline.ts';
import type { ManagementAccess, SiteAddress } from './site.ts';

/** The official client of App Service, for one subscription. */
export function webSiteClient(
  { subscriptionId }: Pick<SiteAddress, 'subscriptionId'>,
  { credential, endpoint, ca, limitMs }: ManagementAccess,
): WebSiteManagementClient {
  const client = new WebSiteManagementClient(credential, subscriptionId, {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  });
  if (limitMs !== undefined) {
    const { around, each } = deadlinePolicies(limitMs);
    client.pipeline.addPolicy(around);
    client.pipeline.addPolicy(each, { afterPhase: 'Retry' });
  }
  return client;
}
