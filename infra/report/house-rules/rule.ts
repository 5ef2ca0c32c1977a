import type { Evaluation, RecordedResource } from '../../evaluate/recorded.ts';
import { isJsonObject, type Json } from '../../evaluate/values.ts';

/** What is wrong with one resource. */
export interface Finding {
  readonly resource: string;
  readonly problem: string;
}

/** Something that holds for the whole evaluated program. */
export interface HouseRule {
  readonly name: string;
  readonly about: string;
  readonly findings: (evaluation: Evaluation) => Finding[];
}

/** `web:WebApp` for `azure-native:web:WebApp`. */
export function kindOf({ type }: RecordedResource): string {
  return type.replace(/^azure-native:/, '');
}

export function ofKind({ resources }: Evaluation, ...kinds: readonly string[]): RecordedResource[] {
  return resources.filter((resource) => kinds.includes(kindOf(resource)));
}

/** The input at a path such as `siteConfig.minTlsVersion`; undefined when it is not there. */
export function inputAt({ inputs }: RecordedResource, path: string): Json | undefined {
  let value: Json | undefined = inputs;
  for (const part of path.split('.')) value = isJsonObject(value) ? value[part] : undefined;
  return value;
}

export function textAt(resource: RecordedResource, path: string): string {
  const value = inputAt(resource, path);
  return typeof value === 'string' ? value : '';
}

/** Every text below a value, with its path. */
export function* textsOf(value: Json | undefined, path = ''): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsOf(item, `${path}[${index}]`);
  else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* textsOf(item, path === '' ? key : `${path}.${key}`);
  }
}

/** A finding for every resource of a kind whose input is not what it should be. */
export function expectInput(
  evaluation: Evaluation,
  kinds: readonly string[],
  expected: Readonly<Record<string, Json>>,
): Finding[] {
  return ofKind(evaluation, ...kinds).flatMap((resource) =>
    Object.entries(expected)
      .filter(([path, value]) => inputAt(resource, path) !== value)
      .map(([path, value]) => ({
        resource: resource.name,
        problem: `${path} is ${JSON.stringify(inputAt(resource, path))}, not ${JSON.stringify(value)}`,
      })),
  );
}

/** Apps and slots, with a name for each: an app is known by its site, a slot by site and slot. */
export function sitesOf(evaluation: Evaluation): { readonly site: RecordedResource; readonly key: string }[] {
  return ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot').map((site) => ({ site, key: siteKey(site) }));
}

export function siteKey(resource: RecordedResource): string {
  return `${textAt(resource, 'name')}/${textAt(resource, 'slot')}`;
}

/** The app settings of a site, by name. */
export function settingsOf(evaluation: Evaluation, key: string): Record<string, Json> {
  const kinds = ['web:WebAppApplicationSettings', 'web:WebAppApplicationSettingsSlot'];
  const found = ofKind(evaluation, ...kinds).find((resource) => siteKey(resource) === key);
  const properties = found === undefined ? undefined : inputAt(found, 'properties');
  return isJsonObject(properties) ? properties : {};
}
