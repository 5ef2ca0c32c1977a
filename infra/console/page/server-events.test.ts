import { expect, test } from '@jest/globals';
import { type ServerEvent, serverEvents } from './server-events.ts';

async function read(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<ServerEvent[]> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(body)) events.push(event);
  return events;
}

const TEXT =
  'retry: 1000\n\nevent: all\ndata: {"a":"ü\u2028: x"}\n\n: still here\n\nevent: member\ndata: {"name":"b"}\n\nevent: cut\ndata: {';
const expected = [
  { name: 'all', data: '{"a":"ü\u2028: x"}' },
  { name: 'member', data: '{"name":"b"}' },
];

test('events are read, wherever the stream is cut into chunks; one without an end is none', async () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (let at = 0; at <= bytes.length; at++) {
    expect(await read([bytes.slice(0, at), bytes.slice(at)])).toEqual(expected);
  }
});
