import { azureTypeName } from './azure-types.ts';
import { UNKNOWN } from './placeholders.ts';
import type { Evaluation, RecordedResource } from './recorded.ts';
import { isJsonObject, type Json } from './values.ts';

/** `web:WebApp` for `azure-native:web:WebApp`, and for a type of another API version: `azure-native_web_v20241101:web:WebApp`. */
export function kindOf({ type }: RecordedResource): string {
  return azureTypeName(type) ?? type;
}

export function ofKind({ resources }: Evaluation, ...kinds: readonly string[]): RecordedResource[] {
  return resources.filter((resource) => kinds.includes(kindOf(resource)));
}

/** The input at a path such as `siteConfig.minTlsVersion`; undefined when it is not there. All below an unknown one is unknown. */
export function inputAt({ inputs }: RecordedResource, path: string): Json | undefined {
  let value: Json | undefined = inputs;
  for (const part of path.split('.')) {
    if (value === UNKNOWN) return value;
    value = isJsonObject(value) ? value[part] : undefined;
  }
  return value;
}

export function textAt(resource: RecordedResource, path: string): string {
  const value = inputAt(resource, path);
  return typeof value === 'string' ? value : '';
}

export function listAt(resource: RecordedResource, path: string): readonly Json[] {
  const value = inputAt(resource, path);
  return Array.isArray(value) ? value : [];
}

/** Every text below a value, with its path. */
export function* textsOf(value: Json | undefined, path = ''): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsOf(item, `${path}[${index}]`);
  else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* textsOf(item, path === '' ? key : `${path}.${key}`);
  }
}
