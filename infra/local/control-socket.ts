import { rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { isErrno, messageOf } from '../lib/error-message.ts';
import { FAULT_TARGETS, type FaultTarget } from './faults.ts';

const ACTION_NAMES = ['status', 'restartDead', 'adopt', 'stop'] as const;
type ActionName = (typeof ACTION_NAMES)[number];

/** What the region's process does on request; each resolves with the JSON answer. */
export interface ControlActions {
  status(): Promise<unknown>;
  /** Starts data servers that died. Returns their names. */
  restartDead(): Promise<unknown>;
  /** Takes over the program as it was evaluated last. */
  adopt(): Promise<unknown>;
  stop(): Promise<unknown>;
  /** Stops a server (`off`), or starts it again. */
  switchFault(target: FaultTarget, on: boolean): Promise<unknown>;
}

/** A unix socket in the state directory (0700), so that only the owner of the region can connect to it. */
export class ControlServer {
  readonly #server: Server;
  readonly #socket: string;

  constructor(socket: string, actions: ControlActions) {
    this.#socket = socket;
    this.#server = createServer((incoming, response) => {
      const action = actionOf(actions, incoming.url ?? '');
      incoming.resume();
      if (action === undefined) {
        response.writeHead(404).end();
        return;
      }
      action().then(
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

function actionOf(actions: ControlActions, path: string): (() => Promise<unknown>) | undefined {
  const name = ACTION_NAMES.find((known) => path === `/${known}`);
  if (name !== undefined) return () => actions[name]();
  const [, server, state] = /^\/fault\/(\w+)\/(on|off)$/.exec(path) ?? [];
  const target = FAULT_TARGETS.find((known) => known === server);
  return target === undefined ? undefined : async () => (await actions.switchFault(target, state === 'on')) ?? null;
}

/** Calls the region's process. Resolves with undefined when there is none. */
export function callRegion(
  socket: string,
  action: ActionName | `fault/${FaultTarget}/${'on' | 'off'}`,
  timeoutMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: socket, path: `/${action}`, method: 'POST', timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        // A region that an older slipway started answers with nothing to what it does not know.
        const body: unknown = text === '' ? undefined : JSON.parse(text);
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
