import type { Site } from '../appservice/site.ts';
import type { SlotName } from '../appservice/worker.ts';
import type { AnnotationFile } from './annotation-file.ts';

/** What the routes work with. */
export interface Plane {
  readonly site: Site;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** `host[:port]` under which visitors reach each slot. */
  readonly hostNames: Readonly<Record<SlotName, string>>;
  /** `https://host:port`, without a slash at the end. */
  readonly endpoint: string;
  /** Largest package in bytes. */
  readonly largestPackage: number;
  /** The key of a storage account in the resource group. */
  readonly accountKey: (account: string) => string | undefined;
  /** Markers of Application Insights. */
  readonly annotations: AnnotationFile;
  /** Says what a text of the program (an identity's id, a plan's) is once it is created. */
  readonly resolveText: (text: string) => string;
}

export const groupId = (plane: Plane): string =>
  `/subscriptions/${plane.subscriptionId}/resourceGroups/${plane.resourceGroup}`;

export function siteId(plane: Plane, slot: SlotName): string {
  const app = `${groupId(plane)}/providers/Microsoft.Web/sites/${plane.site.name}`;
  return slot === 'production' ? app : `${app}/slots/${slot}`;
}

/** Under this name App Service knows the slot: the app itself, or `app-slot`. */
export const slotHost = (plane: Plane, slot: SlotName): string =>
  slot === 'production' ? plane.site.name : `${plane.site.name}-${slot}`;

/**
 * The SCM host, as the site's `hostNameSslStates` name it (`hostType: Repository`). On Azure `app.scm.azurewebsites.net`;
 * here a host and a path, so that `https://${name}/api/publish` is right in both.
 */
export const scmHost = (plane: Plane, slot: SlotName): string =>
  `${plane.endpoint.slice('https://'.length)}/scm/${slotHost(plane, slot)}`;

/** A child of the site or slot, as ARM shows it. */
export function child(plane: Plane, slot: SlotName, path: string, properties: unknown): Record<string, unknown> {
  const [kind = '', ...names] = path.split('/');
  const parent = slot === 'production' ? 'Microsoft.Web/sites' : 'Microsoft.Web/sites/slots';
  return {
    id: `${siteId(plane, slot)}/${path}`,
    name: names.at(-1) ?? kind,
    type: `${parent}/${kind}`,
    location: plane.site.state.seen.location,
    properties,
  };
}
