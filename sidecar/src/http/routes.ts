import type { IncomingMessage, ServerResponse } from 'node:http';
import { reasonOf, systemCode } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import { decodePath, pathProblem } from '../media/names.ts';
import { metricsOf, metricsText } from '../metrics.ts';
import type { Sidecar } from '../sidecar.ts';
import { parseTraceparent, type StartSpan } from '../telemetry/tracer.ts';
import { readThrough } from './read-through.ts';
import { sendJson, sendText } from './respond.ts';
import type { Route } from './server.ts';
import { parseDuration, rawQueryValue, type Target } from './target.ts';
import { type OfferSpans, tracesHandler } from './traces-route.ts';

const BLOB = '/blob/';
const CARRY_ATTRIBUTES = { 'http.request.method': 'POST', 'http.route': '/carry', 'url.path': '/carry' };

/** By what `rawQueryValue` returns. */
const NAME_PROBLEMS = { undefined: 'name is missing', null: 'name is not percent-encoded UTF-8' } as const;

export interface RouteParts {
  readonly sidecar: Sidecar;
  readonly startSpan: StartSpan;
  readonly offerSpans: OfferSpans;
}

/** All routes of the sidecar. */
export function routes({ sidecar, startSpan, offerSpans }: RouteParts): Route[] {
  return [
    { methods: ['GET', 'HEAD'], path: '/healthz', handle: (_, response) => sendJson(response, 200, { status: 'ok' }) },
    {
      methods: ['GET', 'HEAD'],
      path: '/readyz',
      handle: (_, response) => {
        const readiness = sidecar.readiness();
        sendJson(response, readiness.ready ? 200 : 503, readiness);
      },
    },
    {
      methods: ['GET', 'HEAD'],
      path: '/status',
      handle: async (_, response) => sendJson(response, 200, await sidecar.status()),
    },
    {
      methods: ['GET', 'HEAD'],
      path: '/metrics',
      handle: async (_, response) =>
        sendText(response, 200, metricsText(metricsOf(await sidecar.status())), 'text/plain; version=0.0.4'),
    },
    {
      methods: ['POST'],
      path: '/carry',
      handle: (request, response, target) => carry(sidecar, startSpan, request, response, target),
    },
    {
      methods: ['POST'],
      path: '/drain',
      handle: (request, response, target) => drainRoute(sidecar, request, response, target),
    },
    { methods: ['POST'], path: '/retry', handle: (request, response) => retry(sidecar, request, response) },
    { methods: ['POST'], path: '/set-aside', handle: (request, response) => setAside(sidecar, request, response) },
    {
      methods: ['POST'],
      path: '/v1/traces',
      handle: tracesHandler(offerSpans),
    },
    {
      methods: ['GET', 'HEAD'],
      path: BLOB,
      handle: async (request, response, target) => {
        const name = decodePath(target.path.slice(BLOB.length));
        if (name === undefined) return sendJson(response, 400, { error: 'the name is not percent-encoded UTF-8' });
        await readThrough(sidecar.reading, request, response, name);
      },
    },
  ];
}

async function carry(
  sidecar: Sidecar,
  startSpan: StartSpan,
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
): Promise<void> {
  request.resume();
  const name = nameIn(request, response);
  if (name === undefined) return;
  const waitMs = parseDuration(target.query.get('wait'), 'ms', defaults.CARRY_WAIT_MS);
  if (waitMs === undefined) return sendJson(response, 400, { error: 'wait is a number of milliseconds' });
  const parent = parseTraceparent(request.headers.traceparent);
  const span = parent === undefined ? undefined : startSpan(parent, 'POST /carry', 'server', CARRY_ATTRIBUTES);
  const answer = await sidecar.carry(name, waitMs, span);
  span?.set('http.response.status_code', answer.status);
  span?.end(answer.status >= 500 ? answer.body.reason : undefined);
  sendJson(response, answer.status, answer.body, answer.status === 503 ? { 'retry-after': '1' } : {});
}

async function drainRoute(
  sidecar: Sidecar,
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
): Promise<void> {
  request.resume();
  const timeoutMs = parseDuration(target.query.get('timeout'), 's', sidecar.settings.drainTimeoutMs);
  if (timeoutMs === undefined) return sendJson(response, 400, { error: 'timeout is a number of seconds' });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const drained = await sidecar.drain(timeoutMs, gone.signal);
  if (drained === undefined)
    return sendJson(response, 429, { error: 'too many callers wait for a drain already' }, { 'retry-after': '1' });
  sendJson(response, drained.drained ? 200 : 504, drained);
}

async function retry(sidecar: Sidecar, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  if (rawQueryValue(request.url, 'name') === undefined) {
    return sendJson(response, 202, { retried: sidecar.retryAll() });
  }
  const name = nameIn(request, response);
  if (name === undefined) return;
  const retried = await sidecar.retry(name);
  const status = { retried: 202, unknown: 404, occupied: 409 } as const;
  sendJson(response, status[retried], { name, result: retried });
}

/** Any name is taken that stays below the outbox, because names that are never carried are set aside too. */
async function setAside(sidecar: Sidecar, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const name = rawQueryValue(request.url, 'name');
  if (name === undefined || name === null) return sendJson(response, 400, { error: NAME_PROBLEMS[`${name}`] });
  try {
    const result = await sidecar.setAside(name);
    if (result.kind === 'invalid') return sendJson(response, 400, { error: result.reason });
    const moved = result.kind === 'set aside' ? { movedTo: result.movedTo } : {};
    sendJson(response, result.kind === 'unknown' ? 404 : 200, { name, result: result.kind, ...moved });
  } catch (error) {
    sendJson(response, 500, { name, error: 'the file cannot be moved', reason: systemCode(error) || reasonOf(error) });
  }
}

/** The validated `name` of the query, or undefined after an answer with 400. */
function nameIn(request: IncomingMessage, response: ServerResponse): string | undefined {
  const name = rawQueryValue(request.url, 'name');
  if (name === undefined || name === '') sendJson(response, 400, { error: NAME_PROBLEMS.undefined });
  else if (name === null) sendJson(response, 400, { error: NAME_PROBLEMS.null });
  else {
    const problem = pathProblem(name);
    if (problem === undefined) return name;
    sendJson(response, 400, { error: problem });
  }
  return undefined;
}
