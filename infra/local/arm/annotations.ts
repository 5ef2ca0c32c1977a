import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { badRequest } from '../appservice/arm-error.ts';
import { type Answer, notFound, ok } from './answer.ts';
import { invalidContent, type JsonObject, readJson } from './json-body.ts';
import type { Plane } from './plane.ts';
import { MethodNotAllowed } from './route.ts';
import type { Scope } from './scope.ts';

const MEMBERS = ['Id', 'AnnotationName', 'EventTime', 'Category', 'Properties'] as const;
/** A moment without a zone is UTC. */
const HAS_ZONE = /(Z|[+-]\d\d:?\d\d)$/;

/** `PUT …/components/{name}/Annotations`, and GET with `start` and `end`. */
export async function componentAnnotations(
  plane: Plane,
  request: IncomingMessage,
  query: URLSearchParams,
  { name, rest }: Extract<Scope, { kind: 'component' }>,
): Promise<Answer> {
  if (rest.length !== 1 || rest[0]?.toLowerCase() !== 'annotations') {
    throw notFound(`The Resource 'Microsoft.Insights/components/${[name, ...rest].join('/')}' was not found.`);
  }
  if (request.method === 'PUT') {
    const annotation = annotationIn(await readJson(request));
    await plane.annotations.put(annotation);
    return ok([annotation]);
  }
  if (request.method !== 'GET') throw new MethodNotAllowed(request.method ?? '', ['GET', 'PUT']);
  const [start, end] = [momentOf(query.get('start')), momentOf(query.get('end'))];
  if (start === undefined || end === undefined) throw badRequest("'start' and 'end' are required, and are moments.");
  const value = (await plane.annotations.list()).filter(({ EventTime }) => {
    const at = momentOf(EventTime);
    return at !== undefined && start <= at && at <= end;
  });
  return ok({ value });
}

function annotationIn(body: JsonObject): JsonObject {
  const annotation = { Id: randomUUID(), ...body };
  for (const member of MEMBERS) {
    if (typeof annotation[member as keyof typeof annotation] !== 'string')
      throw invalidContent(`the member '${member}' is missing or not a string.`);
  }
  if (momentOf((annotation as JsonObject).EventTime) === undefined) throw invalidContent("'EventTime' is no moment.");
  return annotation;
}

/** Milliseconds since 1970. */
function momentOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(HAS_ZONE.test(value) ? value : `${value}Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
