import { setTimeout as sleep } from 'node:timers/promises';
import { causeMessageOf, firstLineOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';

export const MANAGEMENT = 'https://management.azure.com';

/** Attempts at a question that Azure is too busy for. */
const ATTEMPTS = 4;
const LONGEST_WAIT_MS = 10_000;
const TIMEOUT_MS = 30_000;

export interface ArmAnswer {
  readonly status: number;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
}

export interface ArmOptions {
  /** Default: https://management.azure.com */
  readonly endpoint?: string;
  /** A bearer token for Azure's management plane. */
  readonly token: () => Promise<string>;
}

/** Azure Resource Manager, for what no client library of ours covers. Answers are given as they are, refusals too. */
export class Arm {
  readonly #endpoint: string;
  readonly #token: () => Promise<string>;

  constructor({ endpoint = MANAGEMENT, token }: ArmOptions) {
    this.#endpoint = endpoint;
    this.#token = token;
  }

  get(path: string, apiVersion: string): Promise<ArmAnswer> {
    return this.#ask('GET', path, apiVersion);
  }

  post(path: string, apiVersion: string, body: unknown = {}): Promise<ArmAnswer> {
    return this.#ask('POST', path, apiVersion, body);
  }

  /** Throws SLIP-ARM-SIGNIN when Azure does not know who asks, SLIP-ARM-UNREACHABLE when it cannot be asked. */
  async #ask(method: string, path: string, apiVersion: string, body?: unknown): Promise<ArmAnswer> {
    const url = `${this.#endpoint}${path}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
    for (let attempt = 1; ; attempt++) {
      const response = await this.#send(method, url, body);
      if (response.status === 401) throw signInError('Azure answered 401');
      if (attempt < ATTEMPTS && (response.status === 429 || response.status >= 500)) {
        await sleep(waitMs(response, attempt));
        continue;
      }
      const text = await response.text();
      return { status: response.status, body: parse(text) };
    }
  }

  async #send(method: string, url: string, body: unknown): Promise<Response> {
    const token = await this.#token().catch((cause: unknown) => {
      throw signInError(firstLineOf(cause), cause);
    });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(url, { method, headers, ...sent, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause: unknown) => {
      throw new SlipError('SLIP-ARM-UNREACHABLE', {
        found: `${new URL(url).host} cannot be asked: ${causeMessageOf(cause)}`,
        fix: 'look at DNS, proxy and firewall, then repeat the command',
        cause,
      });
    });
  }
}

function signInError(found: string, cause?: unknown): SlipError {
  return new SlipError('SLIP-ARM-SIGNIN', {
    found: `not signed in to Azure: ${found}`,
    fix: 'az login, or the variables of a service principal (AZURE_TENANT_ID, AZURE_CLIENT_ID, …)',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What Azure asks for, else a growing wait. */
function waitMs(response: Response, attempt: number): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Math.min(Number.isFinite(seconds) ? seconds * 1000 : 250 * 2 ** attempt, LONGEST_WAIT_MS);
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
