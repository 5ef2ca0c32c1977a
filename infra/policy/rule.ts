import { inputAt, ofKind, textAt } from '../evaluate/inputs.ts';
import { UNKNOWN } from '../evaluate/placeholders.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { isJsonObject, type Json } from '../evaluate/values.ts';

/** A violation of a rule by one resource. */
export interface Finding {
  readonly resource: string;
  readonly problem: string;
}

/** A rule for the whole evaluated program. */
export interface HouseRule {
  readonly name: string;
  readonly about: string;
  readonly findings: (evaluation: Evaluation) => Finding[];
}

/** A finding for every resource of the kinds with an unexpected input. What a preview does not know yet is not judged. */
export function expectInput(
  evaluation: Evaluation,
  kinds: readonly string[],
  expected: Readonly<Record<string, Json>>,
): Finding[] {
  return ofKind(evaluation, ...kinds).flatMap((resource) =>
    Object.entries(expected)
      .filter(([path, value]) => ![value, UNKNOWN].includes(inputAt(resource, path) ?? null))
      .map(([path, value]) => ({
        resource: resource.name,
        problem: `${path} is ${JSON.stringify(inputAt(resource, path))}, not ${JSON.stringify(value)}`,
      })),
  );
}

/** Apps and slots with their keys: see siteKey. */
export function sitesOf(evaluation: Evaluation): { readonly site: RecordedResource; readonly key: string }[] {
  return ofKind(evaluation, 'web:WebApp', 'web:WebAppSlot').map((site) => ({ site, key: siteKey(site) }));
}

/** `site/` for the app, `site/slot` for a slot, and likewise for resources below them. */
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
