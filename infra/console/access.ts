import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Who may use the console: whoever has the token, from a page of the console itself. */
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

  /** The cookie of an earlier visit, or the token as a bearer. */
  hasCredential({ cookie = '', authorization = '' }: IncomingHttpHeaders): boolean {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    if (bearer !== undefined) return this.isToken(bearer);
    const sent = cookie.split('; ').find((pair) => pair.startsWith(`${this.#cookieName}=`));
    return sent !== undefined && isSame(sent.slice(this.#cookieName.length + 1), this.#cookieValue);
  }

  /** Holds no token, and is the same after a restart of the region, so that an open page goes on. */
  get setCookie(): string {
    return `${this.#cookieName}=${this.#cookieValue}; HttpOnly; SameSite=Strict; Path=/`;
  }

  get #cookieValue(): string {
    return createHmac('sha256', this.#token).update('console cookie').digest('base64url');
  }
}

/** Takes the same time whatever is compared. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
