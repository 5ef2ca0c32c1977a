import { createHash } from 'node:crypto';
import type { Stage } from '../config/key.ts';

/** Parts of a name. */
export interface NameParts {
  readonly name: string;
  readonly stage: Stage;
  readonly generation: number;
  /** Makes globally unique names differ between subscriptions. */
  readonly subscriptionId: string;
}

/**
 * Names in Azure, computed from the config. Rules per type:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export interface Names {
  /** `<kind>-<name>-<stage>`: unique in its resource group only. */
  scoped(kind: string): string;
  /** `<kind>-<name>-<stage>-<hash>`: unique in the whole of Azure; letters, digits and hyphens, at most `max` long. */
  global(kind: string, max: number): string;
  /** `<kind><name><stage><hash>`: likewise, letters and digits only. */
  compact(kind: string, max: number): string;
  readonly unique: string;
}

/** Names of resources that several components need. */
export function resourceNames(names: Names) {
  return {
    group: names.scoped('rg'),
    plan: names.scoped('plan'),
    mysql: names.global('mysql', 63),
    app: names.global('app', 60),
  };
}

const HASH_LENGTH = 6;

export function namesFor({ name, stage, generation, subscriptionId }: NameParts): Names {
  const unique = hash(`${subscriptionId}/${name}/${stage}/${generation}`);
  return {
    unique,
    scoped: (kind) => `${kind}-${name}-${stage}`,
    global: (kind, max) => joined([kind, name, stage, unique], '-', max),
    compact: (kind, max) => joined([kind, name, stage, unique], '', max),
  };
}

/** Joins the parts. When they are too long, the system's name is cut: the hash still distinguishes systems. */
function joined([kind = '', name = '', ...rest]: readonly string[], separator: string, max: number): string {
  const fixed = [kind, '', ...rest].join(separator).length;
  return [kind, name.slice(0, Math.max(1, max - fixed)), ...rest].join(separator);
}

/** Lower-case letters and digits, beginning with a letter. */
function hash(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: HASH_LENGTH }, (_, index) => {
    const letters = index === 0 ? 26 : alphabet.length;
    return alphabet[(digest[index] ?? 0) % letters] ?? 'a';
  }).join('');
}

/** A GUID computed from the parts, for resources whose name has to be one. */
export function stableGuid(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
