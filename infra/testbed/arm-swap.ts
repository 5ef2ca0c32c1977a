import { readFile } from 'node:fs/promises';
import { WebSiteManagementClient } from '@azure/arm-appservice';
import type { Connection } from '../lib/connection.ts';

const pollMs = 50;
const tokenLifeMs = 60 * 60_000;

/** A swap with the official client, without the release tool. */
export async function swapByArm(connection: Connection): Promise<void> {
  const { management, managementToken, subscriptionId, resourceGroup, app, slot, ca } = connection;
  const credential = {
    getToken: async () => ({ token: managementToken, expiresOnTimestamp: Date.now() + tokenLifeMs }),
  };
  const client = new WebSiteManagementClient(credential, subscriptionId, {
    endpoint: management,
    tlsOptions: { ca: await readFile(ca, 'utf8') },
  });
  const target = { targetSlot: 'production', preserveVnet: true };
  await client.webApps.swapSlot(resourceGroup, app, slot, target, { updateIntervalInMs: pollMs });
}
