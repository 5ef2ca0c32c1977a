import type { SettingReference } from '../appservice/key-vault-references.ts';
import { type Answer, notFound, ok } from './answer.ts';
import { child } from './plane.ts';
import type { Call, Route } from './route.ts';

const COLLECTION = 'config/configreferences/appsettings';

function body({ plane, slot }: Call, { setting, ...properties }: SettingReference): Record<string, unknown> {
  return child(plane, slot, `${COLLECTION}/${setting}`, { ...properties, source: 'KeyVault' });
}

const collection = (call: Call, references: readonly SettingReference[]): Answer =>
  ok({ value: references.map((reference) => body(call, reference)) });

/** The app settings that are Key Vault references, and whether each could be resolved. */
export const configReferenceRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: COLLECTION,
    handle: async (call) => collection(call, await call.plane.site.references(call.slot)),
  },
  {
    method: 'POST',
    pattern: `${COLLECTION}/refresh`,
    handle: async (call) => collection(call, await call.plane.site.refreshReferences(call.slot)),
  },
  {
    method: 'GET',
    pattern: `${COLLECTION}/{}`,
    handle: async (call) => {
      const [name = ''] = call.values;
      const found = (await call.plane.site.references(call.slot)).find(({ setting }) => setting === name);
      if (found === undefined) throw notFound(`The app setting '${name}' is not a Key Vault reference.`);
      return ok(body(call, found));
    },
  },
];
