import { isObject } from '../lib/json.ts';
import { UNKNOWN } from './placeholders.ts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** A value without the wrapping of Pulumi's wire format. */
export interface Unwrapped {
  readonly value: Json;
  /** Paths that are secret, such as `properties.value` or `a[0].b`; the empty path is the value itself. */
  readonly secretPaths: readonly string[];
}

// Signatures of Pulumi's wire format: @pulumi/pulumi/runtime/rpc.js, `specialSigKey` and what follows it.
const SIGNATURE_KEY = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';
const ASSETS = new Set(['c44067f5952c0a294b673a41bacd8c17', '0def7320c3a5731c473e5ecbe6d01bc7']);
const UNKNOWN_ON_THE_WIRE = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return isObject(value);
}

/** A wire value as plain JSON with the paths of its secrets. Keys are sorted. */
export function unwrap(wire: unknown): Unwrapped {
  const secretPaths: string[] = [];
  const value = plain(wire, '', secretPaths);
  return { value, secretPaths: secretPaths.sort() };
}

export function unwrapObject(wire: unknown): { value: JsonObject; secretPaths: readonly string[] } {
  const { value, secretPaths } = unwrap(wire);
  return { value: isJsonObject(value) ? value : {}, secretPaths };
}

/** Marks a value as secret in Pulumi's wire format. */
export function wrapSecret(value: Json): JsonObject {
  return { [SIGNATURE_KEY]: SECRET, value };
}

/** The unknown value of Pulumi's wire format. */
export function wireUnknown(): string {
  return UNKNOWN_ON_THE_WIRE;
}

function plain(wire: unknown, path: string, secretPaths: string[]): Json {
  if (wire === UNKNOWN_ON_THE_WIRE) return UNKNOWN;
  if (typeof wire === 'string' || typeof wire === 'number' || typeof wire === 'boolean') return wire;
  if (Array.isArray(wire)) return wire.map((item, index) => plain(item, `${path}[${index}]`, secretPaths));
  if (!isObject(wire)) return null;

  const signature = wire[SIGNATURE_KEY];
  if (signature === SECRET) {
    secretPaths.push(path);
    return plain(wire.value, path, []);
  }
  if (signature === RESOURCE) return plain(wire.id ?? wire.urn, path, secretPaths);
  if (typeof signature === 'string' && ASSETS.has(signature)) return `__${signature}__`;

  const result: JsonObject = {};
  for (const key of Object.keys(wire).sort()) {
    result[key] = plain(wire[key], path === '' ? key : `${path}.${key}`, secretPaths);
  }
  return result;
}
