import { request } from 'node:http';
import type { PingAnswer } from '../appservice/worker.ts';

const BODY_MAX_BYTES = 1024 * 1024;

/** The platform's request to a container, over its socket. Rejects when there is no answer in time. */
export function ping(socketPath: string, path: string, timeoutMs: number): Promise<PingAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, path, headers: { host: 'localhost', 'user-agent': 'ping' }, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= BODY_MAX_BYTES) chunks.push(chunk);
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
        answer.on('error', reject);
      },
    );
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    call.on('close', () => clearTimeout(timer));
    call.on('error', reject);
    call.end();
  });
}
