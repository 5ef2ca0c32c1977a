import { isDeepStrictEqual } from 'node:util';
import { asObject } from '../../lib/json.ts';
import type { WantedMount } from '../../lib/wanted.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { Configuration } from './history.ts';

/** What a swap would carry out of a slot: its settings without the sticky ones, its site containers, mounts, stack and command. */
export async function readConfiguration(
  appService: AppService,
  slot: 'production' | 'staging',
): Promise<Configuration> {
  const [settings, sticky, siteContainers, start, mounts] = await Promise.all([
    appService.settings(slot),
    appService.stickyNames(),
    appService.containers(slot),
    appService.start(slot),
    appService.mounts(slot),
  ]);
  const own = Object.entries(settings).filter(([name]) => !sticky.includes(name));
  return { settings: Object.fromEntries(own), siteContainers, ...start, mounts };
}

/** The very configuration that is wanted; of a container the platform may show more than was written. */
export function hasConfiguration(found: Configuration, wanted: Configuration): boolean {
  return (
    isDeepStrictEqual({ ...found.settings }, { ...wanted.settings }) &&
    startsAs(found, wanted) &&
    (wanted.mounts === undefined || hasMounts(found.mounts ?? {}, wanted.mounts)) &&
    found.siteContainers.length === wanted.siteContainers.length &&
    wanted.siteContainers.every(({ name, properties }) =>
      found.siteContainers.some((container) => container.name === name && holds(container.properties, properties)),
    )
  );
}

/** Whether the slot is started as it is wanted. */
export function startsAs(found: Start, wanted: Start): boolean {
  return (
    (wanted.stack === undefined || found.stack === wanted.stack) &&
    (wanted.startupCommand === undefined || found.startupCommand === wanted.startupCommand)
  );
}

type Start = Pick<Configuration, 'stack' | 'startupCommand'>;

/** The protocol, which the platform may leave out, follows from the type. */
export function hasMounts(found: Mounts, wanted: Mounts): boolean {
  const same = ([name, mount]: [string, WantedMount]): boolean => {
    const { protocol: _, ...members } = mount;
    return holds(found[name], members);
  };
  return Object.keys(found).length === Object.keys(wanted).length && Object.entries(wanted).every(same);
}

type Mounts = Readonly<Record<string, WantedMount>>;

/** Names of settings that only one of both has, or that have another value in each. */
export function differingSettings(one: Configuration['settings'], other: Configuration['settings']): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]).toSorted();
}

/** Every wanted member is there with its value; lists in any order. */
export function holds(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return false;
    return wanted.every((member) => found.some((candidate) => holds(candidate, member)));
  }
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  const members = asObject(found);
  return Object.entries(wanted).every(([name, value]) => holds(members[name], value));
}
