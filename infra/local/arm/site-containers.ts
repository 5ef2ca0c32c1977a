import { isObject } from '../../lib/json.ts';
import type { StoredContainer } from '../appservice/site-state.ts';
import { type Answer, notFound, ok } from './answer.ts';
import { invalidContent, type JsonObject, readProperties } from './json-body.ts';
import { child } from './plane.ts';
import type { Call, Route } from './route.ts';

const MOST_CONTAINERS = 9;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/;

function body({ plane, slot }: Call, { name, properties }: StoredContainer): Record<string, unknown> {
  const { passwordSecret: _, ...shown } = properties;
  return child(plane, slot, `sitecontainers/${name}`, shown);
}

const containers = ({ plane, slot }: Call): readonly StoredContainer[] => plane.site.state.slots[slot].siteContainers;

const nameOf = ({ values }: Call): string => values[0] ?? '';

const list = (call: Call): Answer => ok({ value: containers(call).map((container) => body(call, container)) });

function get(call: Call): Answer {
  const container = containers(call).find(({ name }) => name === nameOf(call));
  if (container === undefined) throw notFound(`The site container '${nameOf(call)}' was not found.`);
  return ok(body(call, container));
}

async function put(call: Call): Promise<Answer> {
  const name = nameOf(call);
  if (!NAME.test(name)) throw invalidContent(`'${name.slice(0, 100)}' is not a name for a site container.`);
  const properties = await readProperties(call.request);
  assertContainer(properties);
  const known = containers(call);
  if (known.length >= MOST_CONTAINERS && !known.some((container) => container.name === name)) {
    throw invalidContent(`an app has at most ${MOST_CONTAINERS} site containers.`);
  }
  const isNew = await call.plane.site.putContainer(call.slot, { name, properties });
  return { status: isNew ? 201 : 200, body: body(call, { name, properties }) };
}

async function remove(call: Call): Promise<Answer> {
  const existed = await call.plane.site.deleteContainer(call.slot, nameOf(call));
  return { status: existed ? 200 : 204 };
}

/** The app's own container comes from its stack (`PHP|8.4`); containers that are put here run next to it. */
function assertContainer({ image, isMain, targetPort, environmentVariables }: JsonObject): void {
  if (typeof image !== 'string' || image.trim() === '') throw invalidContent("'image' is missing.");
  if (isMain !== false) throw invalidContent("'isMain' has to be false: the main container is the app's stack.");
  if (targetPort !== undefined && targetPort !== null && !isPort(targetPort)) {
    throw invalidContent("'targetPort' is not a port in a string.");
  }
  const variables = environmentVariables ?? [];
  const fits = (variable: unknown): boolean =>
    isObject(variable) && typeof variable.name === 'string' && typeof variable.value === 'string';
  if (!Array.isArray(variables) || !variables.every(fits)) {
    throw invalidContent("'environmentVariables' is not a list of { name, value }.");
  }
}

const isPort = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;

export const siteContainerRoutes: readonly Route[] = [
  { method: 'GET', pattern: 'sitecontainers', handle: list },
  { method: 'GET', pattern: 'sitecontainers/{}', handle: get },
  { method: 'PUT', pattern: 'sitecontainers/{}', handle: put },
  { method: 'DELETE', pattern: 'sitecontainers/{}', handle: remove },
];
