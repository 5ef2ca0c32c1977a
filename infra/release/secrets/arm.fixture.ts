import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Arm } from '../../azure/arm.ts';

export interface RecordedRequest {
  readonly path: string;
  readonly body: unknown;
}

/** Azure's management plane as a server that answers what the test says, and keeps what it was asked. */
export async function recordingArm(answer: (path: string) => readonly [number, unknown]) {
  const asked: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const path = `${request.method} ${request.url}`;
      asked.push({ path, body: body === '' ? undefined : (JSON.parse(body) as unknown) });
      const [status, json] = answer(path);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    arm: new Arm({ endpoint, token: async () => 't', retryDelayMs: 1 }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
