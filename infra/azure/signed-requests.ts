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
import { deadlinePolicies } from './deadline.ts';

const TIMEOUT_MS = 30_000;

export interface SignedRequestsOptions {
  /** A bearer token for whatever is asked. */
  readonly token: () => Promise<string>;
  /** Before the first retry without a Retry-After of Azure. Default: 1000, as in Azure's libraries */
  readonly retryDelayMs?: number;
  /** How long a request may take with all its repetitions, in milliseconds. Default: no limit but that of each try, 30 s */
  readonly limitMs?: number;
  /** CA certificates (PEM) that the server's is checked against, besides the usual ones. */
  readonly ca?: string;
}

/** Requests with a bearer token. The pipeline is that of Azure's libraries, so retries and proxies are the same as theirs. */
export class SignedRequests {
  readonly #token: () => Promise<string>;
  readonly #pipeline: Pipeline;
  readonly #http = createDefaultHttpClient();

  constructor({ token, retryDelayMs = 1_000, limitMs, ca }: SignedRequestsOptions) {
    this.#pipeline = createPipelineFromOptions({
      retryOptions: { retryDelayInMs: retryDelayMs },
      ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    });
    if (limitMs !== undefined) {
      const { around, each } = deadlinePolicies(limitMs);
      this.#pipeline.addPolicy(around);
      this.#pipeline.addPolicy(each, { afterPhase: 'Retry' });
    }
    this.#token = token;
  }

  /** Throws SLIP-ARM-SIGNIN when there is no token or Azure does not accept it, SLIP-ARM-UNREACHABLE when nothing answers. */
  async send(method: HttpMethods, url: string, body?: unknown): Promise<PipelineResponse> {
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
    const response = await this.#pipeline.sendRequest(this.#http, request).catch((cause: unknown) => {
      throw new SlipError('SLIP-ARM-UNREACHABLE', {
        found: `${new URL(url).host} does not answer: ${firstLineOf(cause)}`,
        fix: 'look at DNS, proxy and firewall, then repeat the command',
        cause,
      });
    });
    if (response.status === 401) throw signInError('Azure answered 401');
    return response;
  }
}

function signInError(found: string, cause?: unknown): SlipError {
  return new SlipError('SLIP-ARM-SIGNIN', {
    found: `not signed in to Azure: ${found}`,
    fix: 'az login, or the variables of a service principal (AZURE_TENANT_ID, AZURE_CLIENT_ID, …)',
    ...(cause === undefined ? {} : { cause }),
  });
}
