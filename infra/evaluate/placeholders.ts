/**
 * Values that exist only after creation (host names, keys, passwords) come out of an evaluation as marked
 * placeholders: `{{` + urn + `.` + property path + `}}`. The local region replaces them.
 */
const PLACEHOLDER = /\{\{(urn:pulumi:[^{}]*::[^:.{}]+)\.([^{}]+)\}\}/g;

/** Recorded for an unknown value of a preview. */
export const UNKNOWN = '__unknown__';

export interface Placeholder {
  readonly urn: string;
  /** Property path below the resource, such as `primaryEndpoints.blob` or `listKeys.keys[0].value`. */
  readonly path: string;
}

export function placeholder({ urn, path }: Placeholder): string {
  return `{{${urn}.${path}}}`;
}

/** Every placeholder in a text, in order, repeats included. */
export function findPlaceholders(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, urn = '', path = '']) => ({ urn, path }));
}

/** The text with every placeholder replaced by what `resolve` says it is. */
export function resolvePlaceholders(text: string, resolve: (found: Placeholder) => string): string {
  return text.replace(PLACEHOLDER, (_, urn: string, path: string) => resolve({ urn, path }));
}
