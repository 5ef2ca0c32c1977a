import * as defaults from '../defaults.ts';
import { parseTraces } from '../telemetry/otlp.ts';
import type { SpanData } from '../telemetry/span.ts';
import { readBody, sendJson } from './respond.ts';
import type { Handler } from './server.ts';

/** Queues spans and returns how many were accepted. `bytes` is the size of all of them as JSON. */
export type OfferSpans = (spans: readonly SpanData[], bytes: number) => number;

/** `POST /v1/traces`: OTLP/HTTP JSON. Spans that were not accepted are reported in the answer, as the protocol defines. */
export function tracesHandler(offer: OfferSpans): Handler {
  let receiving = 0;
  return async (request, response) => {
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      request.resume();
      return sendJson(response, 415, { error: 'OTLP is taken as application/json' });
    }
    if (receiving >= defaults.TRACES_AT_ONCE) {
      return sendJson(response, 429, { error: 'too many at once' }, { 'retry-after': '1', connection: 'close' });
    }
    receiving += 1;
    let body: Buffer | undefined;
    try {
      body = await readBody(request, defaults.TRACES_BODY_LIMIT_BYTES);
    } finally {
      receiving -= 1;
    }
    if (body === undefined) {
      const error = `more than ${defaults.TRACES_BODY_LIMIT_BYTES} bytes`;
      return sendJson(response, 413, { error }, { connection: 'close' });
    }
    const parsed = parse(body);
    if (parsed === undefined) return sendJson(response, 400, { error: 'not an OTLP export request in JSON' });
    const rejected = parsed.rejected + parsed.spans.length - offer(parsed.spans, body.length);
    const partial = { partialSuccess: { rejectedSpans: String(rejected), errorMessage: 'no room, or no valid span' } };
    sendJson(response, 200, rejected === 0 ? {} : partial);
  };
}

function parse(body: Buffer): ReturnType<typeof parseTraces> {
  try {
    return parseTraces(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}
