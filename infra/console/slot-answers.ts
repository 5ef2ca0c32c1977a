import { request } from 'node:http';

const BODY_MAX_BYTES = 256 * 1024;

export interface SlotAnswer {
  /** Null when nothing answered in time. */
  readonly status: number | null;
  readonly text: string;
  readonly ms: number;
}

/** Asks a worker's nginx itself, behind the front, so that the console does not count as traffic. Never rejects. */
export function askWorker(
  socketPath: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  withinMs: number,
): Promise<SlotAnswer> {
  const began = performance.now();
  return new Promise((resolve) => {
    let text = '';
    let status: number | null = null;
    const end = (): void => resolve({ status, text, ms: performance.now() - began });
    const call = request(
      { socketPath, path, headers: { host: 'localhost', 'user-agent': 'slipway-console', ...headers }, agent: false },
      (answer) => {
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          if (text.length < BODY_MAX_BYTES) text += chunk;
        });
        answer.on('end', () => {
          status = answer.statusCode ?? null;
          end();
        });
        answer.on('error', end);
      },
    );
    const timer = setTimeout(() => call.destroy(new Error('no answer in time')), withinMs);
    call.on('close', () => clearTimeout(timer));
    call.on('error', end);
    call.end();
  });
}
