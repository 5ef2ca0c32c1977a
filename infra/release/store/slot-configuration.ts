import { isDeepStrictEqual } from 'node:util';
import { asObject } from '../../lib/json.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { Configuration } from './history.ts';

/** What a swap would carry out of a slot: its settings without the sticky ones, and its site containers. */
export async function readConfiguration(
  appService: AppService,
  slot: 'production' | 'staging',
): Promise<Configuration> {
  const [settings, sticky, siteContainers] = await Promise.all([
    appService.settings(slot),
    appService.stickyNames(),
    appService.containers(slot),
  ]);
  const own = Object.entries(settings).filter(([name]) => !sticky.includes(name));
  return { settings: Object.fromEntries(own), siteContainers };
}

/** The very settings and site containers that are wanted; of a container the platform may show more than was written. */
export function hasConfiguration(found: Configuration, wanted: Configuration): boolean {
  return (
    isDeepStrictEqual({ ...found.settings }, { ...wanted.settings }) &&
    found.siteContainers.length === wanted.siteContainers.length &&
    wanted.siteContainers.every(({ name, properties }) =>
      found.siteContainers.some((container) => container.name === name && holds(container.properties, properties)),
    )
  );
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
