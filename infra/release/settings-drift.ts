import { type Configuration, type HistoryEntry, lastLive } from './store/history.ts';
import { differingSettings, hasMounts, holds } from './store/slot-configuration.ts';

/** What production has otherwise than the last release wrote it, a line each. Names alone: a value may be anything. */
export function settingsDrift(found: Configuration, released: Configuration): string[] {
  const settings = differingSettings(found.settings, released.settings).map((name) => {
    if (released.settings[name] === undefined) return `app setting ${name}: added since the release`;
    return `app setting ${name}: ${found.settings[name] === undefined ? 'removed' : 'changed'} since the release`;
  });
  const containers = released.siteContainers.flatMap(({ name, properties }) => {
    const container = found.siteContainers.find((each) => each.name === name);
    if (container === undefined) return [`site container ${name}: removed since the release`];
    return holds(container.properties, properties) ? [] : [`site container ${name}: changed since the release`];
  });
  const added = found.siteContainers
    .filter(({ name }) => !released.siteContainers.some((each) => each.name === name))
    .map(({ name }) => `site container ${name}: added since the release`);
  return [...settings, ...containers, ...added, ...startDrift(found, released)];
}

/**
 * The drift of what production runs. Null while that cannot be said: nothing is live, the settings cannot be read, or production runs
 * another version than history knows of.
 */
export function driftOfLive(
  entries: readonly HistoryEntry[],
  running: string | undefined,
  found: Configuration | undefined,
): readonly string[] | null {
  const released = lastLive(entries);
  if (released === undefined || found === undefined || running !== released.version) return null;
  return settingsDrift(found, released);
}

/** Runtime stack, startup command and mounts; lines of history from before they were released have none of them. */
function startDrift(found: Configuration, released: Configuration): string[] {
  const lines: string[] = [];
  if (released.stack !== undefined && found.stack !== released.stack)
    lines.push('runtime stack: changed since the release');
  if (released.startupCommand !== undefined && found.startupCommand !== released.startupCommand)
    lines.push('startup command: changed since the release');
  if (released.mounts !== undefined && !hasMounts(found.mounts ?? {}, released.mounts))
    lines.push('mounts: changed since the release');
  return lines;
}
