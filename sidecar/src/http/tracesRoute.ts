import type { IncomingMessage, ServerResponse } from 'node:http';
import * as defaults from '../defaults.ts';
import { parseTraces } from '../telemetry/otlp.ts';
import type { SpanData } from '../telemetry/span.ts';
import { readBody, sendJson } from './respond.ts';

/** `POST /v1/traces`: OTLP/HTTP JSON. `offer` gives how many spans found room; the rest is told back, as the protocol says. */
export async function receiveTraces(
  request: IncomingMessage,
  response: ServerResponse,
  offer: (spans: readonly SpanData[]) => number,
): Promise<void> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    request.resume();
    return sendJson(response, 415, { error: 'OTLP is taken as application/json' });
  }
  const body = await readBody(request, defaults.TRACES_BODY_LIMIT_BYTES);
  if (body === undefined) {
    return sendJson(
      response,
      413,
      { error: `more than ${defaults.TRACES_BODY_LIMIT_BYTES} bytes` },
      { connection: 'close' },
    );
  }
  const parsed = parse(body);
  if (parsed === undefined) return sendJson(response, 400, { error: 'not an OTLP export request in JSON' });
  const rejected = parsed.rejected + parsed.spans.length - offer(parsed.spans);
  const partial = { partialSuccess: { rejectedSpans: String(rejected), errorMessage: 'no room, or no valid span' } };
  sendJson(response, 200, rejected === 0 ? {} : partial);
}

function parse(body: Buffer): ReturnType<typeof parseTraces> {
  try {
    return parseTraces(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}
