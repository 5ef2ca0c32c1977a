import { inputAt, ofKind, textAt } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { isJsonObject, type Json } from '../evaluate/values.ts';

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
