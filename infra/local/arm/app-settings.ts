import { ok } from './answer.ts';
import { invalidContent, readProperties, stringMap } from './json-body.ts';
import { child } from './plane.ts';
import type { Call, Route } from './route.ts';

/** On Linux an app setting becomes an environment variable. */
const NAME = /^[A-Za-z0-9_.]{1,255}$/;

const shown = ({ plane, slot }: Call) => ok(child(plane, slot, 'config/appsettings', plane.site.settings(slot)));

async function replace(call: Call) {
  const settings = stringMap(await readProperties(call.request), "'properties'");
  const unfit = Object.keys(settings).find((name) => !NAME.test(name));
  if (unfit !== undefined) {
    throw invalidContent(
      `AppSetting with name '${unfit.slice(0, 100)}' is not allowed: letters, numbers, periods and underscores only.`,
    );
  }
  await call.plane.site.replaceSettings(call.slot, settings);
  return shown(call);
}

/** A PUT replaces all app settings. */
export const appSettingRoutes: readonly Route[] = [
  { method: 'POST', pattern: 'config/appsettings/list', handle: shown },
  { method: 'PUT', pattern: 'config/appsettings', handle: replace },
];
