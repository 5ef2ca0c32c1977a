import { opendir } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import type { Log } from '../log.ts';

export interface JournalOptions {
  readonly folder: string;
  /** `http://127.0.0.1:PORT` or `unix:/path`. */
  readonly appUrl: string;
  readonly token: string;
  readonly log: Log;
}

const TIMEOUT_MS = 10_000;
const ROUTE = '/internal/journal/flush';
/** The web application writes a bounded number of rows per call. A long journal takes many calls, with a pause after so many. */
const CALLS_PER_TURN = 50;
const ANSWER_LIMIT_BYTES = 64 * 1024;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Rows that PHP could not write because MySQL was away wait in the journal. PHP alone can write them, and without traffic
 * nobody calls it; so the sidecar does, for as long as there is something.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #stop = new AbortController();
  #failing = false;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#turn();
      await sleep(defaults.JOURNAL_FLUSH_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #turn(): Promise<void> {
    const { folder, appUrl, token, log } = this.#options;
    if (!(await holdsFiles(folder))) return;
    try {
      for (let calls = 0; calls < CALLS_PER_TURN; calls += 1) {
        const { status, text } = await post(appUrl, ROUTE, token, this.#stop.signal);
        if (status !== 200 && status !== 204) throw new Error(`the web application answered ${status}`);
        if (!goesOn(text)) break;
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

/** Temporary files, which begin with a dot, do not count. */
async function holdsFiles(folder: string): Promise<boolean> {
  try {
    for await (const entry of await opendir(folder)) {
      if (!entry.name.startsWith('.')) return true;
    }
  } catch {
    // No journal, or none that can be read: nothing to ask for.
  }
  return false;
}

/** Rows were written, and some are left. */
function goesOn(text: string): boolean {
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
