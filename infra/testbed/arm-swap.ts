import { readFile } from 'node:fs/promises';
import { WebSiteManagementClient } from '@azure/arm-appservice';
import type { Connection } from '../lib/connection.ts';

const polling = { updateIntervalInMs: 50 };
const TOKEN_LIFE_MS = 60 * 60_000;

/** A swap of staging into production with the official client, without the release tool. */
export async function swapByArm(connection: Connection): Promise<void> {
  const { resourceGroup, app, slot } = connection;
  const target = { targetSlot: 'production', preserveVnet: true };
  await (await clientOf(connection)).webApps.swapSlot(resourceGroup, app, slot, target, polling);
}

/** The other way round: production is what is warmed up, so an empty staging slot can come into its place. */
export async function swapAwayByArm(connection: Connection): Promise<void> {
  const { resourceGroup, app, slot } = connection;
  const target = { targetSlot: slot, preserveVnet: true };
  await (await clientOf(connection)).webApps.swapSlotWithProduction(resourceGroup, app, target, polling);
}

async function clientOf(connection: Connection): Promise<WebSiteManagementClient> {
  const { management, managementToken, subscriptionId, ca } = connection;
  const credential = {
    getToken: async () => ({ token: managementToken, expiresOnTimestamp: Date.now() + TOKEN_LIFE_MS }),
  };
  return new WebSiteManagementClient(credential, subscriptionId, {
    endpoint: management,
    tlsOptions: { ca: await readFile(ca, 'utf8') },
  });
}
