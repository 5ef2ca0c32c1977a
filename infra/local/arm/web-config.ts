import { badRequest } from '../appservice/arm-error.ts';
import { ok } from './answer.ts';
import { invalidContent, readProperties } from './json-body.ts';
import { child } from './plane.ts';
import type { Call, Route } from './route.ts';

/** They have resources of their own; taking them here too would give one thing two places. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  appSettings: 'config/appsettings',
  azureStorageAccounts: 'config/azurestorageaccounts',
};

/** A runtime and its version, for example `PHP|8.4`. */
const STACK = /^[A-Za-z]+\|\S+$/;

const shown = ({ plane, slot }: Call) => ok(child(plane, slot, 'config/web', plane.site.state.slots[slot].web));

async function merge(call: Call) {
  const properties = await readProperties(call.request);
  for (const [name, place] of Object.entries(ELSEWHERE)) {
    if (properties[name] !== undefined) throw invalidContent(`'${name}' belongs to ${place}.`);
  }
  const { linuxFxVersion } = properties;
  if (linuxFxVersion !== undefined && !(typeof linuxFxVersion === 'string' && STACK.test(linuxFxVersion))) {
    throw badRequest('The parameter LinuxFxVersion has an invalid value.');
  }
  await call.plane.site.changeWebConfig(call.slot, properties);
  return shown(call);
}

/** Members that are not sent stay, with PUT too. */
export const webConfigRoutes: readonly Route[] = [
  { method: 'GET', pattern: 'config/web', handle: shown },
  { method: 'PUT', pattern: 'config/web', handle: merge },
  { method: 'PATCH', pattern: 'config/web', handle: merge },
];
