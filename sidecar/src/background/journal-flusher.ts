import { opendir } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:http';
import { reasonOf } from '../coded-error.ts';
import type { Log } from '../log.ts';

export interface JournalFlusherOptions {
  readonly folder: string;
  /** `http://127.0.0.1:PORT` or `unix:/path`. */
  readonly appUrl: string;
  readonly token: string;
  readonly log: Log;
  /** Waits until the next look at the journal; ends early when the signal aborts. */
  readonly pause: (signal: AbortSignal) => Promise<void>;
}

const TIMEOUT_MS = 10_000;
const ROUTE = '/internal/journal/flush';
/** The web application writes a bounded number of rows per call, so a long journal takes many calls. After this many there is a pause. */
const CALLS_PER_FLUSH = 50;
const ANSWER_LIMIT_BYTES = 64 * 1024;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Rows that PHP could not write because MySQL was unavailable wait in the journal. Only PHP can write them, and without
 * traffic nothing calls PHP, so the sidecar calls it as long as the journal holds rows.
 */
export class JournalFlusher {
  readonly #options: JournalFlusherOptions;
  readonly #stop = new AbortController();
  #failing = false;

  constructor(options: JournalFlusherOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#flush();
      await this.#options.pause(this.#stop.signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #flush(): Promise<void> {
    const { folder, appUrl, token, log } = this.#options;
    if (!(await holdsFiles(folder))) return;
    try {
      for (let calls = 0; calls < CALLS_PER_FLUSH; calls += 1) {
        const { status, text } = await post(appUrl, ROUTE, token, this.#stop.signal);
        if (status !== 200 && status !== 204) throw new Error(`the web application answered ${status}`);
        if (!hasMore(text)) break;
      }
      if (this.#failing) log('info', 'the journal is being written again');
      this.#failing = false;
    } catch (error) {
      if (!this.#failing && !this.#stop.signal.aborted)
        log('warn', 'the journal cannot be written yet', { reason: reasonOf(error) });
      this.#failing = true;
    }
  }
}

/** Temporary files begin with a dot and do not count. */
async function holdsFiles(folder: string): Promise<boolean> {
  try {
    for await (const entry of await opendir(folder)) {
      if (!entry.name.startsWith('.')) return true;
    }
  } catch {
    // There is no journal, or it cannot be read: there is nothing to flush.
  }
  return false;
}

/** True when rows were written and more are left. */
function hasMore(text: string): boolean {
  const { written, left } = parseObject(text);
  return typeof written === 'number' && written > 0 && typeof left === 'number' && left > 0;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function post(appUrl: string, path: string, token: string, signal: AbortSignal): Promise<Answer> {
  const target: RequestOptions = appUrl.startsWith('unix:')
    ? { socketPath: appUrl.slice('unix:'.length) }
    : addressOf(appUrl);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...target,
        path,
        method: 'POST',
        agent: false,
        signal,
        timeout: TIMEOUT_MS,
        headers: { host: 'localhost', authorization: `Bearer ${token}`, 'content-length': 0 },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text = (text + part).slice(0, ANSWER_LIMIT_BYTES);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
    call.on('error', reject);
    call.end();
  });
}

function addressOf(appUrl: string): RequestOptions {
  const { hostname, port } = new URL(appUrl);
  return { host: hostname, port: port === '' ? 80 : Number(port) };
}
