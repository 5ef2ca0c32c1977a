import type { Site, WebSiteInstanceStatus, WebSiteManagementClient } from '@azure/arm-appservice';
import { type ManagementAccess, type SiteAddress, scmHostOf } from './site.ts';
import { webSiteClient } from './web-site-client.ts';

/** What App Service says of a slot as a site. Members are as Azure writes them; empty when it does not say. */
export interface SlotState {
  /** `Running` or `Stopped`. */
  readonly state: string;
  /** `Normal`, `Limited` or `DisasterRecoveryMode`. */
  readonly availability: string;
  /** `Normal` or `Exceeded`. */
  readonly usage: string;
  readonly scmHost: string;
  /** Id of an operation that is under way, such as a swap. */
  readonly operation: string;
}

export interface SlotInstance {
  readonly id: string;
  /** `READY`, `STOPPED` or `UNKNOWN`. */
  readonly state: string;
}

export interface MountState {
  readonly name: string;
  readonly account: string;
  readonly share: string;
  /** `Ok`, `InvalidCredentials`, `InvalidShare` or `NotValidated`. */
  readonly state: string;
}

type Slot = 'production' | 'staging';

/** Questions about a slot for whoever only looks. Failures are those of the official client. */
export class SlotReader {
  readonly #client: WebSiteManagementClient;
  readonly #site: SiteAddress;

  constructor(site: SiteAddress, access: ManagementAccess) {
    this.#client = webSiteClient(site, access);
    this.#site = site;
  }

  async state(of: Slot): Promise<SlotState> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    const site: Site =
      of === 'production' ? await webApps.get(resourceGroup, app) : await webApps.getSlot(resourceGroup, app, slot);
    return {
      state: site.state ?? '',
      availability: site.availabilityState ?? '',
      usage: site.usageState ?? '',
      scmHost: scmHostOf(site),
      operation: site.inProgressOperationId ?? '',
    };
  }

  async instances(of: Slot): Promise<SlotInstance[]> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    const listed: AsyncIterable<WebSiteInstanceStatus> =
      of === 'production'
        ? webApps.listInstanceIdentifiers(resourceGroup, app)
        : webApps.listInstanceIdentifiersSlot(resourceGroup, app, slot);
    const found: SlotInstance[] = [];
    for await (const { name, state } of listed) found.push({ id: name ?? '', state: state ?? '' });
    return found;
  }

  async mounts(of: Slot): Promise<MountState[]> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    const { properties = {} } =
      of === 'production'
        ? await webApps.listAzureStorageAccounts(resourceGroup, app)
        : await webApps.listAzureStorageAccountsSlot(resourceGroup, app, slot);
    return Object.entries(properties).map(([name, { accountName = '', shareName = '', state = '' }]) => {
      return { name, account: accountName, share: shareName, state };
    });
  }
}
