import { rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { isErrno, messageOf } from '../lib/error-message.ts';

const actionNames = ['status', 'restartDead', 'stop'] as const;

/** What the region's process does on request; each resolves with the JSON answer. */
export interface ControlActions {
  status(): Promise<unknown>;
  /** Starts data servers that died. Returns their names. */
  restartDead(): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** A unix socket in the state directory (0700), so that only the owner of the region can connect to it. */
export class ControlServer {
  readonly #server: Server;
  readonly #socket: string;

  constructor(socket: string, actions: ControlActions) {
    this.#socket = socket;
    this.#server = createServer((incoming, response) => {
      const action = actionNames.find((name) => incoming.url === `/${name}`);
      incoming.resume();
      if (action === undefined) {
        response.writeHead(404).end();
        return;
      }
      actions[action]().then(
        (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        (error: unknown) =>
          response
            .writeHead(500, { 'content-type': 'application/json' })
            .end(JSON.stringify({ message: messageOf(error) })),
      );
    });
  }

  async start(): Promise<void> {
    await rm(this.#socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#socket, resolve);
    });
  }

  async stop(): Promise<void> {
    this.#server.close();
    await rm(this.#socket, { force: true });
  }
}

/** Calls the region's process. Resolves with undefined when there is none. */
export function callRegion(socket: string, action: keyof ControlActions, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: socket, path: `/${action}`, method: 'POST', timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        if (answer.statusCode === 200) resolve(body);
        else reject(new Error(`the region could not ${action}: ${JSON.stringify(body)}`));
      });
    });
    call.on('timeout', () =>
      call.destroy(new Error(`the region did not answer "${action}" within ${timeoutMs / 1000} s`)),
    );
    call.on('error', (error) => {
      if (isErrno(error, 'ENOENT') || isErrno(error, 'ECONNREFUSED')) resolve(undefined);
      else reject(error);
    });
    call.end();
  });
}
