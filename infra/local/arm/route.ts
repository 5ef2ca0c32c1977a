import type { IncomingMessage } from 'node:http';
import { ArmError } from '../appservice/arm-error.ts';
import type { SlotName } from '../appservice/worker.ts';
import type { Answer } from './answer.ts';
import type { Plane } from './plane.ts';

export interface Call {
  readonly plane: Plane;
  readonly slot: SlotName;
  /** The values of the pattern's `{}` segments, in their order. */
  readonly values: readonly string[];
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
}

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the site or slot: literal segments, in any case, and `{}` for a value. */
  readonly pattern: string;
  /** Only the app itself has it, not a slot. */
  readonly appOnly?: boolean;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

interface Match {
  readonly route: Route;
  readonly values: readonly string[];
}

/** The route for these segments. None: 404; one for other verbs only: 405 with `Allow`. */
export function findRoute(routes: readonly Route[], method: string, segments: readonly string[]): Match {
  const matches = routes.flatMap((route) => {
    const values = valuesOf(route.pattern, segments);
    return values === undefined ? [] : [{ route, values }];
  });
  if (matches.length === 0) {
    throw new ArmError(404, 'NotFound', 'No HTTP resource was found that matches the request URI.');
  }
  const match = matches.find(({ route }) => route.method === method);
  if (match === undefined) throw new MethodNotAllowed(method, [...new Set(matches.map(({ route }) => route.method))]);
  return match;
}

export class MethodNotAllowed extends ArmError {
  readonly allow: string;

  constructor(method: string, allowed: readonly string[]) {
    super(405, 'MethodNotAllowed', `The requested resource does not support http method '${method}'.`);
    this.allow = allowed.join(', ');
  }
}

function valuesOf(pattern: string, segments: readonly string[]): string[] | undefined {
  const parts = pattern === '' ? [] : pattern.split('/');
  if (parts.length !== segments.length) return undefined;
  const values: string[] = [];
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part === '{}') values.push(segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return values;
}
