import type { HttpMethods } from '@azure/core-rest-pipeline';
import { listOf, textOf } from '../lib/json.ts';
import { AzureRefusal } from './refusal.ts';
import { SignedRequests, type SignedRequestsOptions } from './signed-requests.ts';

export const MANAGEMENT = 'https://management.azure.com';

/** Pages of a list that are read; what a stack has fits into one. */
const PAGES_MAX = 20;

export interface ArmAnswer {
  readonly status: number;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
}

/** The token is one for Azure's management plane. */
export interface ArmOptions extends SignedRequestsOptions {
  /** Default: https://management.azure.com */
  readonly endpoint?: string;
}

/** Azure Resource Manager, for requests that no client library covers. Answers are returned as they are, refusals included. */
export class Arm {
  readonly #endpoint: string;
  readonly #requests: SignedRequests;

  constructor({ endpoint = MANAGEMENT, ...options }: ArmOptions) {
    this.#requests = new SignedRequests(options);
    this.#endpoint = endpoint;
  }

  get(path: string, apiVersion: string): Promise<ArmAnswer> {
    return this.#ask('GET', path, apiVersion);
  }

  put(path: string, apiVersion: string, body: unknown): Promise<ArmAnswer> {
    return this.#ask('PUT', path, apiVersion, body);
  }

  post(path: string, apiVersion: string, body: unknown = {}): Promise<ArmAnswer> {
    return this.#ask('POST', path, apiVersion, body);
  }

  /** All entries of a list. Throws AzureRefusal when Azure does not give it. */
  async list(path: string, apiVersion: string): Promise<unknown[]> {
    const found: unknown[] = [];
    let next = this.#url(path, apiVersion);
    for (let page = 0; next !== '' && page < PAGES_MAX; page++) {
      const { status, body } = await this.#send('GET', next);
      if (status !== 200) throw new AzureRefusal(status, body);
      found.push(...listOf(body, 'value'));
      next = textOf(body, 'nextLink');
      // The token may go to no other host, whatever an answer says.
      if (next !== '' && URL.parse(next)?.host !== new URL(this.#endpoint).host) next = '';
    }
    return found;
  }

  /** Throws SLIP-ARM-SIGNIN when Azure does not accept the token, SLIP-ARM-UNREACHABLE when it does not answer. */
  #ask(method: HttpMethods, path: string, apiVersion: string, body?: unknown): Promise<ArmAnswer> {
    return this.#send(method, this.#url(path, apiVersion), body);
  }

  #url(path: string, apiVersion: string): string {
    return `${this.#endpoint}${path}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
  }

  async #send(method: HttpMethods, url: string, body?: unknown): Promise<ArmAnswer> {
    const { status, bodyAsText } = await this.#requests.send(method, url, body);
    return { status, body: parse(bodyAsText ?? '') };
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
