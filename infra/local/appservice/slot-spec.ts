import { createHash } from 'node:crypto';
import type { SiteState, StoredContainer } from './site-state.ts';
import { mountsInPlace } from './sticky.ts';
import type { SiteContainer, SlotName, WorkerSpec } from './worker.ts';

/**
 * What the worker behind `slot` is started with. A prepared slot runs with the settings, and under the name, of the slot
 * it is prepared for; so the specification is the same before and after the switch, and the swap needs no restart.
 */
export function specOf(state: SiteState, slot: SlotName): WorkerSpec {
  const { preparation, settings, siteContainers, storageMounts, web } = state.slots[slot];
  const place = preparation === undefined ? undefined : state.slots[preparation.target];
  return {
    slot: preparation?.target ?? slot,
    settings: preparation?.settings ?? settings,
    siteContainers: siteContainers.map(containerOf),
    mounts: place === undefined ? storageMounts : mountsInPlace(storageMounts, place.storageMounts, state.stickyNames),
    startupCommand: typeof web.appCommandLine === 'string' ? web.appCommandLine : '',
  };
}

/** Equal for specifications that start the same containers. */
export function digestOf(spec: WorkerSpec): string {
  return createHash('sha256').update(canonical(spec)).digest('hex');
}

function containerOf({ name, properties }: StoredContainer): SiteContainer {
  const { image, isMain, targetPort, startUpCommand, inheritAppSettingsAndConnectionStrings: inherit } = properties;
  const variables = Array.isArray(properties.environmentVariables) ? properties.environmentVariables : [];
  return {
    name,
    image: String(image),
    isMain: isMain === true,
    ...(typeof targetPort === 'string' ? { targetPort } : {}),
    ...(typeof startUpCommand === 'string' ? { startUpCommand } : {}),
    ...(typeof inherit === 'boolean' ? { inheritAppSettingsAndConnectionStrings: inherit } : {}),
    environmentVariables: variables.map((variable) => ({ name: String(variable.name), value: String(variable.value) })),
  };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
