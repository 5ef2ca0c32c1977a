import { connect, type Socket } from 'node:net';

/** One HTTP/1.1 connection that has at most one request under way. */
export class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #received = '';
  #answered: ((failure: string | undefined) => void) | undefined;
  #closed = false;

  constructor(url: URL, onClose: () => void) {
    this.#request = Buffer.from(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#take(text));
    let reason = 'closed before the answer was whole';
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    this.#socket.on('close', () => {
      this.#closed = true;
      onClose();
      this.#finish(reason);
    });
  }

  get usable(): boolean {
    return !this.#closed && !this.#socket.destroyed;
  }

  /** Calls back once: without a failure when the whole answer was there and its status 200. */
  send(answered: (failure: string | undefined) => void): void {
    this.#answered = answered;
    this.#received = '';
    this.#socket.write(this.#request);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head === -1 || !isWhole(this.#received, head)) return;
    const status = this.#received.slice(9, 12);
    if (/\r\nconnection: close/i.test(this.#received.slice(0, head))) this.#socket.destroy();
    this.#finish(status === '200' ? undefined : `status ${status}`);
  }

  #finish(failure: string | undefined): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(failure);
  }
}

function isWhole(text: string, head: number): boolean {
  const headers = text.slice(0, head);
  const length = /\r\ncontent-length: (\d+)/i.exec(headers)?.[1];
  if (length !== undefined) return text.length >= head + 4 + Number(length);
  return /\r\ntransfer-encoding: chunked/i.test(headers) ? text.endsWith('0\r\n\r\n') : false;
}
