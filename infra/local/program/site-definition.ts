import { ofKind } from '../../evaluate/inputs.ts';
import type { RecordedResource } from '../../evaluate/recorded.ts';
import type { JsonObject } from '../../evaluate/values.ts';
import { asObject, isObject } from '../../lib/json.ts';
import type { SiteDefinition, SlotDefinition, StoredContainer } from '../appservice/site-state.ts';
import type { SlotName, StorageMount } from '../appservice/worker.ts';
import type { SystemDefinition } from './system-definition.ts';

/** The web app and its slot as the program creates them, which is their state on Azure after a first `pulumi up`. */
export function siteDefinition(system: SystemDefinition): SiteDefinition {
  const names = resourceOf(system, 'web:WebAppSlotConfigurationNames')?.inputs ?? {};
  return {
    name: String(system.app.inputs.name),
    location: String(system.app.inputs.location ?? ''),
    stickyNames: {
      appSettingNames: textList(names.appSettingNames),
      connectionStringNames: textList(names.connectionStringNames),
      azureStorageConfigNames: textList(names.azureStorageConfigNames),
    },
    slots: { production: slotDefinition(system, 'production'), staging: slotDefinition(system, 'staging') },
  };
}

function slotDefinition(system: SystemDefinition, slot: SlotName): SlotDefinition {
  const suffix = slot === 'production' ? '' : 'Slot';
  const { siteConfig, identity, resourceGroupName: _, name: __, slot: ___, ...properties } = inputsOf(system, slot);
  return {
    settings: textMap(resourceOf(system, `web:WebAppApplicationSettings${suffix}`)?.inputs.properties),
    siteContainers: ofKind(system.evaluation, `web:WebAppSiteContainer${suffix}`).map(storedContainer),
    storageMounts: storageMounts(resourceOf(system, `web:WebAppAzureStorageAccounts${suffix}`)?.inputs.properties),
    web: isObject(siteConfig) ? siteConfig : {},
    identity,
    properties,
  };
}

function inputsOf(system: SystemDefinition, slot: SlotName): JsonObject {
  return (slot === 'production' ? system.app : system.slot).inputs;
}

function resourceOf(system: SystemDefinition, type: string): RecordedResource | undefined {
  return ofKind(system.evaluation, type)[0];
}

function storedContainer({ inputs }: RecordedResource): StoredContainer {
  const { containerName, resourceGroupName: _, name: __, slot: ___, ...properties } = inputs;
  return { name: String(containerName), properties };
}

function storageMounts(value: unknown): Record<string, StorageMount> {
  return Object.fromEntries(
    Object.entries(asObject(value)).filter((entry): entry is [string, object] => isObject(entry[1])),
  );
}

function textMap(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(asObject(value)).map(([key, member]) => [key, String(member)]));
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
