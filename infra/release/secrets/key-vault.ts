import type { TokenCredential } from '@azure/core-auth';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { firstLineOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { fieldOf, listOf, parseObject, textOf } from '../../lib/json.ts';

const VAULT_SCOPE = 'https://vault.azure.net/.default';
/** Pages of names that are read; a vault of slipway's has one. */
const PAGES_MAX = 100;

export interface KeyVaultOptions {
  /** Name of the vault. */
  readonly name: string;
  readonly credential: TokenCredential;
  readonly http?: HttpClient;
}

/** The secrets of a stack's vault, with the rights of whoever calls. Errors name the role that is missing; no value is in them. */
export class KeyVault {
  readonly #url: string;
  readonly #options: KeyVaultOptions;
  readonly #pipeline = createPipelineFromOptions({});

  constructor(options: KeyVaultOptions) {
    this.#url = `https://${options.name}.vault.azure.net`;
    this.#options = options;
  }

  async set(name: string, value: string): Promise<void> {
    const { status } = await this.#ask('PUT', `${this.#url}/secrets/${name}?api-version=${AZURE_API.vaultSecrets}`, {
      value,
    });
    if (status !== 200) throw this.#refused(`${name} cannot be set`, status);
  }

  /** Names of all enabled secrets. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    let next = `${this.#url}/secrets?api-version=${AZURE_API.vaultSecrets}&maxresults=25`;
    for (let page = 0; next !== '' && page < PAGES_MAX; page++) {
      const { status, bodyAsText } = await this.#ask('GET', next);
      if (status !== 200) throw this.#refused('the secrets cannot be listed', status);
      const body = parseObject(bodyAsText ?? '');
      for (const entry of listOf(body, 'value')) {
        if (fieldOf(entry, 'attributes', 'enabled') !== false) names.push(textOf(entry, 'id').split('/').at(-1) ?? '');
      }
      next = textOf(body, 'nextLink');
      // The token may go to no other host, whatever an answer says.
      if (next !== '' && new URL(next).origin !== new URL(this.#url).origin) next = '';
    }
    return names;
  }

  async #ask(method: HttpMethods, url: string, body?: unknown): Promise<PipelineResponse> {
    const { credential, http = createDefaultHttpClient() } = this.#options;
    const token = await credential.getToken(VAULT_SCOPE);
    const request = createPipelineRequest({
      url,
      method,
      headers: createHttpHeaders({ authorization: `Bearer ${token?.token ?? ''}`, 'content-type': 'application/json' }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return this.#pipeline.sendRequest(http, request).catch((error: unknown) => {
      throw this.#refused(`the vault does not answer: ${firstLineOf(error)}`);
    });
  }

  #refused(found: string, status?: number): SlipError {
    return new SlipError('SLIP-APP-VAULT', {
      found: `${this.#options.name}: ${found}${status === undefined ? '' : `, Key Vault answered ${status}`}`,
      expected: 'the role Key Vault Secrets Officer on the vault for whoever sets secrets',
      fix: `az role assignment create --role "Key Vault Secrets Officer" --assignee YOU --scope $(az keyvault show --name ${this.#options.name} --query id --output tsv), then repeat the command`,
    });
  }
}
