import { isObject } from '../../lib/json.ts';
import type { StorageMount } from '../appservice/worker.ts';
import { ok } from './answer.ts';
import { invalidContent, readProperties, stringMap } from './json-body.ts';
import { child } from './plane.ts';
import type { Call, Route } from './route.ts';

const MOST_MOUNTS = 5;

function shown({ plane, slot }: Call) {
  const mounts = Object.entries(plane.site.state.slots[slot].storageMounts);
  // The key is never given back.
  const properties = mounts.map(([name, { accessKey: _, ...mount }]) => [name, { ...mount, state: 'Ok' }] as const);
  return ok(child(plane, slot, 'config/azurestorageaccounts', Object.fromEntries(properties)));
}

async function replace(call: Call) {
  const properties = await readProperties(call.request);
  const mounts = Object.entries(properties).map(([name, value]) => [name, mountOf(name, value)] as const);
  if (mounts.length > MOST_MOUNTS) throw invalidContent(`an app has at most ${MOST_MOUNTS} mounts.`);
  await call.plane.site.replaceStorageMounts(call.slot, Object.fromEntries(mounts));
  return shown(call);
}

function mountOf(name: string, value: unknown): StorageMount {
  if (!isObject(value)) throw invalidContent(`the mount '${name}' is not an object.`);
  const { state: _, ...rest } = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  const mount: StorageMount = stringMap(rest, `the mount '${name}'`);
  const path = mount.mountPath ?? '';
  if (!path.startsWith('/') || path === '/' || path === '/home' || path.startsWith('/home/')) {
    throw invalidContent(`the mount path '${path}' of '${name}' cannot be mounted: not '/', not '/home' or below.`);
  }
  return mount;
}

/** Replaced whole. */
export const storageAccountRoutes: readonly Route[] = [
  { method: 'POST', pattern: 'config/azurestorageaccounts/list', handle: shown },
  { method: 'PUT', pattern: 'config/azurestorageaccounts', handle: replace },
];
