import { SlipError } from '../../lib/errors.ts';
import type { WantedConfiguration, WantedContainer } from './target.ts';

/** Reads the stack output `wanted`. Throws SLIP-RELEASE-STACK when it is not what the program exports. */
export function asWanted(value: unknown, where: string): WantedConfiguration {
  const wanted = asRecord(value);
  const containers = wanted.siteContainers;
  const names = wanted.slotStickyNames;
  const sticky = asRecord(wanted.stickySettings);
  if (!Array.isArray(containers) || !Array.isArray(names)) throw incomplete('wanted', where);
  return {
    settings: asTexts(wanted.settings, 'wanted.settings', where),
    siteContainers: containers.map((entry): WantedContainer => {
      const { name, properties } = asRecord(entry);
      return { name: String(name), properties: asRecord(properties) };
    }),
    slotStickyNames: names.map(String),
    stickySettings: {
      production: asTexts(sticky.production, 'wanted.stickySettings.production', where),
      staging: asTexts(sticky.staging, 'wanted.stickySettings.staging', where),
    },
  };
}

export function textOutput(outputs: Readonly<Record<string, unknown>>, name: string, where: string): string {
  const value = outputs[name];
  if (typeof value === 'string' && value !== '') return value;
  throw incomplete(name, where);
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asTexts(value: unknown, name: string, where: string): Record<string, string> {
  const entries = Object.entries(asRecord(value));
  if (entries.length === 0 || entries.some(([, text]) => typeof text !== 'string')) throw incomplete(name, where);
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}

function incomplete(name: string, where: string): SlipError {
  return new SlipError('SLIP-RELEASE-STACK', {
    found: `the output ${name} of ${where} is missing or not what the program exports`,
    expected: 'the outputs of a stack that is up, of stage dev or prod',
    fix: 'run `pulumi up` for this stack with the program of this commit',
  });
}
