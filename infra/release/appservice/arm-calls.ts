import { createReadStream } from 'node:fs';
import type { WebSiteManagementClient } from '@azure/arm-appservice';
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type Pipeline,
  proxyPolicy,
} from '@azure/core-rest-pipeline';
import { SlipError } from '../../lib/errors.ts';
import { armFailure } from './arm-failure.ts';
import type { ManagementAccess, SiteAddress } from './site.ts';
import { webSiteClient } from './web-site-client.ts';
import { whileBusy } from './while-busy.ts';

const ARM_SCOPE = 'https://management.azure.com/.default';
const PUBLISH_TIMEOUT_MS = 600_000;

/**
 * How calls about a site are made: by the client, or by a request where the client has no method. `beforeChange` runs before
 * every one that changes something, each repetition included; when it throws, nothing is sent.
 */
export class ArmCalls {
  readonly client: WebSiteManagementClient;
  readonly #site: SiteAddress;
  readonly #access: ManagementAccess;
  readonly #beforeChange: () => void;
  readonly #pipeline: Pipeline;

  constructor(site: SiteAddress, access: ManagementAccess, beforeChange: () => void) {
    this.#site = site;
    this.#access = access;
    this.#beforeChange = beforeChange;
    this.client = webSiteClient(site, access);
    this.#pipeline = createEmptyPipeline();
    this.#pipeline.addPolicy(proxyPolicy());
  }

  /** Repeats the call while another operation is under way. `what` begins the message of its failure. */
  async call<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await whileBusy(this.#access.pollMs, call);
    } catch (error) {
      throw error instanceof SlipError ? error : armFailure(what, error);
    }
  }

  change<T>(what: string, call: () => Promise<T>): Promise<T> {
    return this.call(what, async () => {
      this.#beforeChange();
      return call();
    });
  }

  async token(): Promise<string> {
    const token = await this.#access.credential.getToken(ARM_SCOPE);
    return token?.token ?? '';
  }

  /** Of a resource in the site's group. */
  url(resource: string, apiVersion: string): string {
    const { subscriptionId, resourceGroup } = this.#site;
    const path = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${resource}`;
    return `${this.#access.endpoint ?? 'https://management.azure.com'}${path}?api-version=${apiVersion}`;
  }

  async send(method: 'GET' | 'POST', url: string, body?: { file: string; bytes: number }) {
    const headers = createHttpHeaders({
      authorization: `Bearer ${await this.token()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/zip', 'content-length': String(body.bytes) }),
    });
    const request = createPipelineRequest({
      url,
      method,
      headers,
      timeout: PUBLISH_TIMEOUT_MS,
      ...(body === undefined ? {} : { body: () => createReadStream(body.file) }),
    });
    if (this.#access.ca !== undefined) request.tlsSettings = { ca: this.#access.ca };
    const answer = await this.#pipeline.sendRequest(createDefaultHttpClient(), request);
    return { status: answer.status, text: answer.bodyAsText ?? '' };
  }
}
