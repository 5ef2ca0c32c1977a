import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ArmError } from '../appservice/arm-error.ts';

/** What a route answers; `body` is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body?: unknown): Answer => ({ status: 200, body });

export const notFound = (message: string): ArmError => new ArmError(404, 'ResourceNotFound', message);

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An error as ARM puts it. What is not a refusal of ours says nothing about itself: its reason is in the log. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof ArmError) {
    return { status: error.status, body: { error: { code: error.code, message: error.message } } };
  }
  const message = 'The server encountered an internal error. The log of the region has the reason.';
  return { status: 500, body: { error: { code: 'InternalServerError', message } } };
}

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  const correlation = request.headers['x-ms-correlation-request-id'];
  const requestId = randomUUID();
  response.writeHead(answer.status, {
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': typeof correlation === 'string' && GUID.test(correlation) ? correlation : requestId,
    ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(answer.status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
    ...answer.headers,
  });
  response.end(text);
}
