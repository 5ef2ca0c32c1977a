import { isObject } from './json.ts';

/** A site container as ARM takes it. */
export interface WantedContainer {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The program's stack output `wanted`: what a release writes whole to a slot. */
export interface WantedConfiguration {
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
  return {
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
