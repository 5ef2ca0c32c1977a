import { request } from 'node:http';
import { reasonOf } from '../codedError.ts';
import * as defaults from '../defaults.ts';
import { BlobFailure } from './failure.ts';

export interface IdentityOptions {
  /** `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, as App Service sets them. */
  readonly endpoint: string;
  readonly header: string;
  readonly clientId: string;
  readonly nowMs: () => number;
}

interface Token {
  readonly text: string;
  readonly renewAtMs: number;
  readonly expiresAtMs: number;
}

const RESOURCE = 'https://storage.azure.com';

/**
 * Tokens of the managed identity for Blob, from the endpoint of App Service:
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference.
 * A token is renewed after half of its life, beside the requests that go on with it, and shared by all of them.
 */
export class ManagedIdentity {
  readonly #options: IdentityOptions;
  readonly #url: URL;
  #token: Token | undefined;
  #asking: Promise<Token> | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#url = new URL(options.endpoint);
    this.#url.searchParams.set('api-version', '2019-08-01');
    this.#url.searchParams.set('resource', RESOURCE);
    this.#url.searchParams.set('client_id', options.clientId);
  }

  /** The one at hand, else the promise of one: BlobFailure `away` when there is none to be had. */
  token(): string | Promise<string> {
    const now = this.#options.nowMs();
    const held = this.#token;
    if (held === undefined || now >= held.expiresAtMs) return this.#ask().then(({ text }) => text);
    // When that fails the token is still good; it is asked for again by and by.
    if (now >= held.renewAtMs) this.#ask().catch(() => this.#renewLater(held));
    return held.text;
  }

  /** Blob did not accept it. */
  forget(): void {
    this.#token = undefined;
  }

  #ask(): Promise<Token> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<Token> {
    try {
      const answer: unknown = JSON.parse(await get(this.#url, { 'x-identity-header': this.#options.header }));
      const { access_token: text, expires_on: expires } = answer as Record<string, unknown>;
      const [nowMs, expiresAtMs] = [this.#options.nowMs(), 1_000 * Number(expires)];
      if (typeof text !== 'string' || !Number.isFinite(expiresAtMs)) throw new Error('the answer holds no token');
      this.#token = { text, expiresAtMs, renewAtMs: nowMs + (expiresAtMs - nowMs) / 2 };
      return this.#token;
    } catch (error) {
      throw new BlobFailure('away', `no token for Blob: ${reasonOf(error)}`, undefined, error);
    }
  }

  #renewLater(token: Token): void {
    if (this.#token !== token) return;
    this.#token = { ...token, renewAtMs: this.#options.nowMs() + defaults.TOKEN_RENEW_AGAIN_MS };
  }
}

function get(url: URL, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(defaults.TOKEN_TIMEOUT_MS);
    const call = request(url, { headers, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`the identity endpoint answered ${response.statusCode}`));
      });
    });
    call.on('error', reject);
    call.end();
  });
}
