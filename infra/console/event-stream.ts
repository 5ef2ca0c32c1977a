import type { ServerResponse } from 'node:http';
import type { Redaction } from './redaction.ts';

const CLIENTS_MAX = 16;
/** A page that does not read is dropped: it asks again when it comes back. */
const UNREAD_MAX_BYTES = 4 * 1024 * 1024;
const BEAT_MS = 15_000;
const RETRY_MS = 1_000;

/** The members of the state, and the pages that are told when one changes. Only the newest value of each is kept. */
export class EventStream {
  readonly #redaction: Redaction;
  readonly #members = new Map<string, string>();
  readonly #clients = new Set<ServerResponse>();
  readonly #beat: NodeJS.Timeout;

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
    this.#beat = setInterval(() => this.#send(': still here\n\n'), BEAT_MS);
    this.#beat.unref();
  }

  get watched(): boolean {
    return this.#clients.size > 0;
  }

  /** Tells the pages when the value is another one than before. */
  set(name: string, value: unknown): void {
    const json = this.#redaction.text(JSON.stringify(value) ?? 'null');
    if (this.#members.get(name) === json) return;
    this.#members.set(name, json);
    this.#send(`event: member\ndata: {"name":${JSON.stringify(name)},"value":${json}}\n\n`);
  }

  /** Keeps a member for those who come later, and tells only `change` to those who are here. */
  extend(name: string, value: unknown, event: string, change: unknown): void {
    this.#members.set(name, this.#redaction.text(JSON.stringify(value)));
    this.#send(`event: ${event}\ndata: ${this.#redaction.text(JSON.stringify(change))}\n\n`);
  }

  /** All members, as JSON. */
  json(): string {
    return `{${[...this.#members].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
  }

  /** False when there are too many pages already. */
  add(response: ServerResponse): boolean {
    if (this.#clients.size >= CLIENTS_MAX) return false;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    response.write(`retry: ${RETRY_MS}\n\n`);
    response.write(`event: all\ndata: ${this.json()}\n\n`);
    this.#clients.add(response);
    response.once('close', () => this.#clients.delete(response));
    return true;
  }

  close(): void {
    clearInterval(this.#beat);
    for (const client of this.#clients) client.end();
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > UNREAD_MAX_BYTES) client.destroy();
      else client.write(text);
    }
  }
}
