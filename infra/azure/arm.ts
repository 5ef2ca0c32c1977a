import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
  type Pipeline,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { firstLineOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';

export const MANAGEMENT = 'https://management.azure.com';

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
  /** Before the first retry without a Retry-After of Azure. Default: 1000, as in Azure's libraries */
  readonly retryDelayMs?: number;
}

/**
 * Azure Resource Manager, for requests that no client library covers. The pipeline is that of Azure's libraries, so retries
 * are the same as theirs. Answers are returned as they are, refusals included.
 */
export class Arm {
  readonly #endpoint: string;
  readonly #token: () => Promise<string>;
  readonly #pipeline: Pipeline;
  readonly #http = createDefaultHttpClient();

  constructor({ endpoint = MANAGEMENT, token, retryDelayMs = 1_000 }: ArmOptions) {
    this.#pipeline = createPipelineFromOptions({ retryOptions: { retryDelayInMs: retryDelayMs } });
    this.#endpoint = endpoint;
    this.#token = token;
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

  /** Throws SLIP-ARM-SIGNIN when Azure does not accept the token, SLIP-ARM-UNREACHABLE when it does not answer. */
  async #ask(method: HttpMethods, path: string, apiVersion: string, body?: unknown): Promise<ArmAnswer> {
    const url = `${this.#endpoint}${path}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
    const { status, bodyAsText } = await this.#send(method, url, body);
    if (status === 401) throw signInError('Azure answered 401');
    return { status, body: parse(bodyAsText ?? '') };
  }

  async #send(method: HttpMethods, url: string, body: unknown): Promise<PipelineResponse> {
    const token = await this.#token().catch((cause: unknown) => {
      throw signInError(firstLineOf(cause), cause);
    });
    const request = createPipelineRequest({
      url,
      method,
      headers: createHttpHeaders({ authorization: `Bearer ${token}`, 'content-type': 'application/json' }),
      timeout: TIMEOUT_MS,
      // Only tests have an endpoint without TLS.
      allowInsecureConnection: url.startsWith('http://127.0.0.1:'),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return this.#pipeline.sendRequest(this.#http, request).catch((cause: unknown) => {
      throw new SlipError('SLIP-ARM-UNREACHABLE', {
        found: `${new URL(url).host} does not answer: ${firstLineOf(cause)}`,
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

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
