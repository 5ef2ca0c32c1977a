import { setTimeout as sleep } from 'node:timers/promises';
import type { SiteContainer, WebSiteManagementClient } from '@azure/arm-appservice';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { firstLineOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import type { WantedContainer, WantedMount } from '../../lib/wanted.ts';
import { ArmCalls } from './arm-calls.ts';
import { armFailure, isNotFound, isTransientSwapFailure } from './arm-failure.ts';
import { newestContainerLog } from './container-log.ts';
import { type Deployment, oneDeploy } from './one-deploy.ts';
import { type ManagementAccess, type SiteAddress, scmHostOf } from './site.ts';
import { firstKey, shownMounts } from './storage-mounts.ts';

const TARGET_SLOT = 'production';
const SWAP_TRIES = 3;
const SWAP_PAUSE_IN_POLLS = 5;
const LOG_TAIL_CHARACTERS = 16 * 1024;

export interface SwapStatus {
  /** When the last swap of the site ended; undefined when there was none. */
  readonly lastSwap: string | undefined;
  /** A swap is under way. */
  readonly inProgress: boolean;
}

export interface SettingReference {
  readonly setting: string;
  readonly status: string;
  readonly details: string | undefined;
}

/**
 * The App Service calls a release makes, for one site and its staging slot. Failures are coded errors. `beforeChange` runs
 * before every request that changes something, each repetition included; when it throws, the request is not sent.
 */
export class AppService {
  readonly #site: SiteAddress;
  readonly #access: ManagementAccess;
  readonly #beforeChange: () => void;
  readonly #arm: ArmCalls;
  readonly #client: WebSiteManagementClient;

  constructor(site: SiteAddress, access: ManagementAccess, beforeChange: () => void = () => undefined) {
    this.#site = site;
    this.#access = access;
    this.#beforeChange = beforeChange;
    this.#arm = new ArmCalls(site, access, beforeChange);
    this.#client = this.#arm.client;
  }

  async swapStatus(): Promise<SwapStatus> {
    const { resourceGroup, app } = this.#site;
    const site = await this.#arm.call('read the site', () => this.#client.webApps.get(resourceGroup, app));
    const lastSwap = site.slotSwapStatus?.timestampUtc;
    return {
      lastSwap: lastSwap instanceof Date ? lastSwap.toISOString() : undefined,
      inProgress: (site.inProgressOperationId ?? '') !== '',
    };
  }

  /** The slot: what it is prepared for, and its SCM host. Undefined when it does not exist. */
  async slot(): Promise<{ readonly preparedFor: string | undefined; readonly scmHost: string } | undefined> {
    const { resourceGroup, app, slot } = this.#site;
    try {
      const site = await this.#client.webApps.getSlot(resourceGroup, app, slot);
      return { preparedFor: site.targetSwapSlot ? site.targetSwapSlot : undefined, scmHost: scmHostOf(site) };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw armFailure('read the slot', error);
    }
  }

  /** The SCM host of production. */
  async productionScmHost(): Promise<string> {
    const { resourceGroup, app } = this.#site;
    return scmHostOf(await this.#arm.call('read the site', () => this.#client.webApps.get(resourceGroup, app)));
  }

  async settings(of: 'production' | 'staging'): Promise<Record<string, string>> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    const answer = await this.#arm.call('list app settings', () =>
      of === 'production'
        ? webApps.listApplicationSettings(resourceGroup, app)
        : webApps.listApplicationSettingsSlot(resourceGroup, app, slot),
    );
    return answer.properties ?? {};
  }

  /** Replaces the slot's settings whole; the slot restarts. */
  async replaceSettings(properties: Readonly<Record<string, string>>): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    await this.#arm.change('write app settings', () =>
      this.#client.webApps.updateApplicationSettingsSlot(resourceGroup, app, slot, { properties: { ...properties } }),
    );
  }

  async containers(of: 'production' | 'staging'): Promise<WantedContainer[]> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    return this.#arm.call('list site containers', async () => {
      const found: WantedContainer[] = [];
      const listed =
        of === 'production'
          ? webApps.listSiteContainers(resourceGroup, app)
          : webApps.listSiteContainersSlot(resourceGroup, app, slot);
      for await (const entry of listed) {
        const { name, id: _id, type: _type, kind: _kind, systemData: _data, ...properties } = entry;
        found.push({ name: String(name).split('/').at(-1) ?? '', properties });
      }
      return found;
    });
  }

  async putContainer(container: WantedContainer): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    const body = container.properties as SiteContainer;
    await this.#arm.change(`write the site container ${container.name}`, () =>
      this.#client.webApps.createOrUpdateSiteContainerSlot(resourceGroup, app, slot, container.name, body),
    );
  }

  async deleteContainer(name: string): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    await this.#arm.change(`delete the site container ${name}`, () =>
      this.#client.webApps.deleteSiteContainerSlot(resourceGroup, app, slot, name),
    );
  }

  /** What the slot is started with: its stack and its startup command. */
  async start(of: 'production' | 'staging'): Promise<{ readonly stack: string; readonly startupCommand: string }> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    const { linuxFxVersion, appCommandLine } = await this.#arm.call('read the configuration', () =>
      of === 'production'
        ? webApps.getConfiguration(resourceGroup, app)
        : webApps.getConfigurationSlot(resourceGroup, app, slot),
    );
    return { stack: linuxFxVersion ?? '', startupCommand: appCommandLine ?? '' };
  }

  /** Members that are undefined stay as they are. */
  async changeStart(start: {
    readonly stack?: string | undefined;
    readonly startupCommand?: string | undefined;
  }): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    const body = {
      ...(start.stack === undefined ? {} : { linuxFxVersion: start.stack }),
      ...(start.startupCommand === undefined ? {} : { appCommandLine: start.startupCommand }),
    };
    await this.#arm.change('write stack and startup command', () =>
      this.#client.webApps.updateConfigurationSlot(resourceGroup, app, slot, body),
    );
  }

  async mounts(of: 'production' | 'staging'): Promise<Record<string, WantedMount>> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    const { properties } = await this.#arm.call('list mounts', () =>
      of === 'production'
        ? webApps.listAzureStorageAccounts(resourceGroup, app)
        : webApps.listAzureStorageAccountsSlot(resourceGroup, app, slot),
    );
    return shownMounts(properties ?? {});
  }

  /** Replaces the slot's mounts whole, each with the present key of its account; the slot restarts. */
  async replaceMounts(mounts: Readonly<Record<string, WantedMount>>): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    const properties = await Promise.all(
      Object.entries(mounts).map(async ([name, mount]) => {
        return [name, { ...mount, accessKey: await this.#accountKey(mount.accountName) }] as const;
      }),
    );
    await this.#arm.change('write mounts', () =>
      this.#client.webApps.updateAzureStorageAccountsSlot(resourceGroup, app, slot, {
        properties: Object.fromEntries(properties),
      }),
    );
  }

  /** The accounts of a stack are in the group of its site. */
  async #accountKey(account: string): Promise<string> {
    const url = this.#arm.url(`Microsoft.Storage/storageAccounts/${account}/listKeys`, AZURE_API.storage);
    return this.#arm.call(`give the key of ${account}`, async () =>
      firstKey(account, await this.#arm.send('POST', url)),
    );
  }

  async stickyNames(): Promise<readonly string[]> {
    const { resourceGroup, app } = this.#site;
    const names = await this.#arm.call('list sticky settings', () =>
      this.#client.webApps.listSlotConfigurationNames(resourceGroup, app),
    );
    return names.appSettingNames ?? [];
  }

  async references(of: 'production' | 'staging'): Promise<SettingReference[]> {
    const { resourceGroup, app, slot } = this.#site;
    const { webApps } = this.#client;
    return this.#arm.call('list Key Vault references', async () => {
      const found: SettingReference[] = [];
      const listed =
        of === 'production'
          ? webApps.listAppSettingsKeyVaultReferences(resourceGroup, app)
          : webApps.listAppSettingsKeyVaultReferencesSlot(resourceGroup, app, slot);
      for await (const entry of listed) {
        const setting = String(entry.name).split('/').at(-1) ?? '';
        found.push({ setting, status: entry.status ?? 'Initialized', details: entry.details });
      }
      return found;
    });
  }

  /** Asks Azure to resolve the slot's references again. The client has no method for it. */
  async refreshReferences(): Promise<void> {
    const { app, slot } = this.#site;
    const below = `Microsoft.Web/sites/${app}/slots/${slot}/config/configreferences/appsettings/refresh`;
    const url = this.#arm.url(below, AZURE_API.appService);
    await this.#arm.change('refresh Key Vault references', async () => {
      const answer = await this.#arm.send('POST', url);
      if (answer.status < 300) return;
      throw Object.assign(new Error(answer.text.slice(0, 300)), { statusCode: answer.status });
    });
  }

  /** Phase one of a swap: the slot restarts with production's sticky settings and refuses changes from then on. */
  async prepare(): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    await this.#arm.change('prepare the swap', () =>
      this.#client.webApps.applySlotConfigurationSlot(resourceGroup, app, slot, {
        targetSlot: TARGET_SLOT,
        preserveVnet: true,
      }),
    );
  }

  /** Undoes `prepare`; the slot restarts with its own settings. */
  async reset(): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    await this.#arm.change('reset the preparation', () =>
      this.#client.webApps.resetSlotConfigurationSlot(resourceGroup, app, slot),
    );
  }

  /** Swaps the slot with production and waits for the operation's end, which comes some time after routing has moved. */
  async swap(): Promise<void> {
    const { resourceGroup, app, slot } = this.#site;
    for (let tries = 1; ; tries++) {
      this.#beforeChange();
      try {
        const options = { updateIntervalInMs: this.#access.pollMs };
        await this.#client.webApps.swapSlot(
          resourceGroup,
          app,
          slot,
          { targetSlot: TARGET_SLOT, preserveVnet: true },
          options,
        );
        return;
      } catch (error) {
        if (tries < SWAP_TRIES && isTransientSwapFailure(error)) {
          await sleep(SWAP_PAUSE_IN_POLLS * this.#access.pollMs);
          continue;
        }
        throw new SlipError('SLIP-RELEASE-SWAP-FAILED', {
          found: `the swap failed: ${firstLineOf(error)}`,
          expected: 'the slot to become warm and to be swapped',
          fix: 'see the slot’s logs (./slipway logs, or the log stream); production keeps the version it had',
          cause: error,
        });
      }
    }
  }

  /** The newest lines that the slot's main container wrote, by the SCM site; empty when that does not say. */
  async containerLog(): Promise<readonly string[]> {
    const scmHost = (await this.slot())?.scmHost ?? '';
    const listed = await this.#arm.send('GET', `https://${scmHost}/api/logs/docker`);
    const href = newestContainerLog(listed.text, scmHost);
    if (href === undefined) return [];
    const log = await this.#arm.send('GET', href);
    return log.status === 200 ? log.text.slice(-LOG_TAIL_CHARACTERS).split('\n') : [];
  }

  /** One OneDeploy of a zip to the slot's content. Resolves when the SCM site has taken and placed it. */
  async publish(scmHost: string, file: string, bytes: number): Promise<Deployment> {
    return this.#oneDeploy(scmHost, { clean: 'true', restart: 'true' }, file, bytes);
  }

  /** Adds the files of a zip to a directory below /home. What is there stays, and the app goes on running. */
  async addFiles(scmHost: string, directory: string, file: string, bytes: number): Promise<Deployment> {
    return this.#oneDeploy(scmHost, { path: directory, clean: 'false', restart: 'false' }, file, bytes);
  }

  async #oneDeploy(
    scmHost: string,
    options: Readonly<Record<string, string>>,
    file: string,
    bytes: number,
  ): Promise<Deployment> {
    const url = `https://${scmHost}/api/publish?${new URLSearchParams({ type: 'zip', ...options })}`;
    // The sign-in fails here, for good; what fails below is the connection.
    await this.#arm.call('publish the package', () => this.#arm.token());
    return oneDeploy(async () => {
      this.#beforeChange();
      return this.#arm.send('POST', url, { file, bytes }).catch((error: unknown) => ({
        status: undefined,
        text: firstLineOf(error),
      }));
    }, this.#access.pollMs);
  }
}
