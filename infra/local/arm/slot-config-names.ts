import { ok } from './answer.ts';
import { readProperties, stringList } from './json-body.ts';
import { child } from './plane.ts';
import type { Call, Route } from './route.ts';

const shown = ({ plane }: Call) =>
  ok(child(plane, 'production', 'config/slotConfigNames', plane.site.state.stickyNames));

async function replace(call: Call) {
  const properties = await readProperties(call.request);
  await call.plane.site.replaceStickyNames({
    appSettingNames: stringList(properties.appSettingNames, "'appSettingNames'"),
    connectionStringNames: stringList(properties.connectionStringNames, "'connectionStringNames'"),
    azureStorageConfigNames: stringList(properties.azureStorageConfigNames, "'azureStorageConfigNames'"),
  });
  return shown(call);
}

/** The app has one list for all slots; a PUT replaces it. */
export const slotConfigNameRoutes: readonly Route[] = [
  { method: 'GET', pattern: 'config/slotConfigNames', appOnly: true, handle: shown },
  { method: 'PUT', pattern: 'config/slotConfigNames', appOnly: true, handle: replace },
];
