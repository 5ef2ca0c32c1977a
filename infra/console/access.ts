import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who may use the console: whoever has the token, from a page of the console itself. A browser gets two credentials for it. It sends the
 * cookie to every port of 127.0.0.1, whoever listens there, so the cookie opens only the page's own files, in which there is nothing to
 * know. Data and actions take the key, which the page keeps where no other port can read it and sends in a header.
 */
export class ConsoleAccess {
  readonly #token: string;
  readonly #hosts: readonly string[];
  readonly #cookieName: string;

  constructor(token: string, port: number) {
    this.#token = token;
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    // Cookies do not know ports: consoles of two regions would overwrite each other's.
    this.#cookieName = `slipway-console-${port}`;
  }

  /** Whether the request names the console. A page that points a name of its own at 127.0.0.1 does not. */
  isForConsole({ host }: IncomingHttpHeaders): boolean {
    return host !== undefined && this.#hosts.includes(host.toLowerCase());
  }

  /** Whether a page of somebody else sent the request. Following a link to the console is no such request. */
  isForeign({ origin, ...headers }: IncomingHttpHeaders): boolean {
    if (origin !== undefined && origin !== `http://${headers.host?.toLowerCase()}`) return true;
    const site = headers['sec-fetch-site'];
    if (site !== 'cross-site' && site !== 'same-site') return false;
    return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document';
  }

  isToken(text: string): boolean {
    return isSame(text, this.#token);
  }

  /** The key of a page, or the token of a tool, as a bearer: for data and actions. */
  hasKey({ authorization = '' }: IncomingHttpHeaders): boolean {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    return bearer !== undefined && (isSame(bearer, this.pageKey) || this.isToken(bearer));
  }

  /** The cookie of an earlier visit: for the files of the page. */
  hasCookie({ cookie = '' }: IncomingHttpHeaders): boolean {
    const sent = cookie.split('; ').find((pair) => pair.startsWith(`${this.#cookieName}=`));
    return sent !== undefined && isSame(sent.slice(this.#cookieName.length + 1), this.#derived('console cookie'));
  }

  get setCookie(): string {
    return `${this.#cookieName}=${this.#derived('console cookie')}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Is the same after a restart of the region, so that an open page goes on. */
  get pageKey(): string {
    return this.#derived('console page');
  }

  #derived(purpose: string): string {
    return createHmac('sha256', this.#token).update(purpose).digest('base64url');
  }
}

/** Takes the same time whatever is compared. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
