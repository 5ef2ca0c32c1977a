import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../../lib/error-message.ts';
import { ArmError } from '../appservice/arm-error.ts';
import type { Site } from '../appservice/site.ts';
import type { SlotName } from '../appservice/worker.ts';
import { AnnotationFile } from './annotation-file.ts';
import { type Answer, errorAnswer, send } from './answer.ts';
import { assertBearer } from './bearer.ts';
import { dispatch } from './dispatch.ts';
import type { Plane } from './plane.ts';
import { MethodNotAllowed } from './route.ts';

/** OneDeploy takes packages of up to 2 GB. */
const LARGEST_PACKAGE_BYTES = 2 * 1024 ** 3;
/** A client that goes on sending after it was refused is cut off. */
const REFUSED_UPLOAD_MS = 2000;

export interface ManagementPlaneOptions {
  readonly site: Site;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** The bearer token that every request has to carry. */
  readonly token: string;
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** Port on 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** `host[:port]` under which visitors reach each slot. */
  readonly hostNames: Readonly<Record<SlotName, string>>;
  /** For placeholders in the program's identity and properties. Default: as they are. */
  readonly resolveText?: (text: string) => string;
  /** The key of a storage account in the resource group. Default: there are no accounts. */
  readonly accountKey?: (account: string) => string | undefined;
  /** Where markers of Application Insights are kept. */
  readonly annotationFile: string;
  /** Bytes. Default 2 GiB, as Azure. */
  readonly largestPackage?: number;
  readonly log?: (event: { readonly event: string; readonly [detail: string]: unknown }) => void;
}

/** Azure Resource Manager and Kudu, for one web app, over TLS on one port. */
export class ManagementPlane {
  readonly #server: Server;
  readonly endpoint: string;

  private constructor(server: Server, endpoint: string) {
    this.#server = server;
    this.endpoint = endpoint;
  }

  static async listen(options: ManagementPlaneOptions): Promise<ManagementPlane> {
    const { key, cert } = options.tls;
    const server = createServer({ key, cert, minVersion: 'TLSv1.2' });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, '127.0.0.1', resolve);
    });
    const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const plane: Plane = {
      site: options.site,
      subscriptionId: options.subscriptionId,
      resourceGroup: options.resourceGroup,
      hostNames: options.hostNames,
      endpoint,
      largestPackage: options.largestPackage ?? LARGEST_PACKAGE_BYTES,
      annotations: new AnnotationFile(options.annotationFile),
      accountKey: options.accountKey ?? (() => undefined),
      resolveText: options.resolveText ?? ((text) => text),
    };
    server.on('request', (request, response) => void respond(plane, options, request, response));
    return new ManagementPlane(server, endpoint);
  }

  /** Requests under way are cut. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function respond(
  plane: Plane,
  { token, log }: ManagementPlaneOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: Answer;
  try {
    assertBearer(request.headers.authorization, token);
    answer = await dispatch(plane, request);
  } catch (error) {
    answer = refusal(error, plane);
    if (!(error instanceof ArmError) && !request.destroyed) {
      log?.({ event: 'management-error', method: request.method, url: request.url, reason: messageOf(error) });
    }
  }
  if (response.destroyed) return;
  if (!request.complete) cutOff(request, response);
  send(request, response, answer);
}

function refusal(error: unknown, plane: Plane): Answer {
  const answer = errorAnswer(error);
  if (error instanceof MethodNotAllowed) return { ...answer, headers: { allow: error.allow } };
  if (answer.status !== 401) return answer;
  return { ...answer, headers: { 'www-authenticate': `Bearer realm="${plane.endpoint}", error="invalid_token"` } };
}

/** The body was not read to its end: the answer goes out first, what is still sent is dropped, then the connection ends. */
function cutOff(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  request.resume();
  response.once('finish', () => {
    const timer = setTimeout(() => request.socket.destroy(), REFUSED_UPLOAD_MS);
    request.socket.once('close', () => clearTimeout(timer));
  });
}
