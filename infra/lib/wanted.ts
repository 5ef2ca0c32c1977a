import { isObject } from './json.ts';

/** A site container as ARM takes it. */
export interface WantedContainer {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A storage mount as ARM takes it, without its key: a release asks the account for the key when it writes the mount. */
export interface WantedMount {
  readonly type: 'AzureBlob' | 'AzureFiles';
  readonly protocol: 'Http' | 'Smb';
  readonly accountName: string;
  /** The container of a Blob mount, the share of a Files mount. */
  readonly shareName: string;
  readonly mountPath: string;
}

/** The program's stack output `wanted`: what a release writes whole to a slot. */
export interface WantedConfiguration {
  /** The site's `linuxFxVersion`, for example `PHP|8.4`. */
  readonly stack: string;
  /** The site's `appCommandLine`. */
  readonly command: string;
  /** By name; a slot has no others. */
  readonly mounts: Readonly<Record<string, WantedMount>>;
  /** Values and Key Vault references; without the sticky ones. */
  readonly settings: Readonly<Record<string, string>>;
  readonly siteContainers: readonly WantedContainer[];
  readonly slotStickyNames: readonly string[];
  readonly stickySettings: Readonly<Record<'production' | 'staging', Readonly<Record<string, string>>>>;
}

/**
 * Reads the stack output `wanted`. When a member is missing or of another type, throws what `incomplete` makes of that
 * member's path, for example `wanted.settings`.
 */
export function asWanted(value: unknown, incomplete: (path: string) => Error): WantedConfiguration {
  if (!isObject(value)) throw incomplete('wanted');
  const sticky = value.stickySettings;
  if (!isObject(sticky)) throw incomplete('wanted.stickySettings');
  const texts = (from: unknown, path: string): Record<string, string> => {
    if (isTexts(from)) return { ...from };
    throw incomplete(path);
  };
  const text = (name: 'stack' | 'command'): string => {
    const member = value[name];
    if (typeof member === 'string' && member !== '') return member;
    throw incomplete(`wanted.${name}`);
  };
  return {
    stack: text('stack'),
    command: text('command'),
    mounts: mounts(value.mounts, incomplete),
    settings: texts(value.settings, 'wanted.settings'),
    siteContainers: containers(value.siteContainers, () => incomplete('wanted.siteContainers')),
    slotStickyNames: names(value.slotStickyNames, () => incomplete('wanted.slotStickyNames')),
    stickySettings: {
      production: texts(sticky.production, 'wanted.stickySettings.production'),
      staging: texts(sticky.staging, 'wanted.stickySettings.staging'),
    },
  };
}

/** An empty object is none: the program exports at least one of each. */
function isTexts(value: unknown): value is Record<string, string> {
  if (!isObject(value)) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every((member) => typeof member === 'string');
}

function mounts(value: unknown, incomplete: (path: string) => Error): Record<string, WantedMount> {
  if (!isObject(value)) throw incomplete('wanted.mounts');
  return Object.fromEntries(
    Object.entries(value).map(([name, mount]) => {
      if (!isMount(mount)) throw incomplete(`wanted.mounts.${name}`);
      const { type, protocol, accountName, shareName, mountPath } = mount;
      return [name, { type, protocol, accountName, shareName, mountPath }];
    }),
  );
}

function isMount(value: unknown): value is WantedMount {
  if (!isObject(value)) return false;
  const { type, protocol, accountName, shareName, mountPath } = value;
  const texts = [accountName, shareName, mountPath].every((text) => typeof text === 'string' && text !== '');
  return texts && ((type === 'AzureBlob' && protocol === 'Http') || (type === 'AzureFiles' && protocol === 'Smb'));
}

function containers(value: unknown, incomplete: () => Error): WantedContainer[] {
  if (!Array.isArray(value)) throw incomplete();
  return value.map((entry: unknown) => {
    if (!isObject(entry) || typeof entry.name !== 'string' || !isObject(entry.properties)) throw incomplete();
    return { name: entry.name, properties: entry.properties };
  });
}

function names(value: unknown, incomplete: () => Error): string[] {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) throw incomplete();
  return value;
}
