import { createHash } from 'node:crypto';
import { parseObject } from '../../lib/json.ts';

const REQUEST_TIMEOUT_MS = 10_000;

/** What `/_slipway/version` answers. */
export interface RunningVersion {
  readonly version: string;
  readonly schema: string;
  readonly schemaMin: string;
  readonly schemaMax: string;
  /** The sticky setting: a prepared staging slot says `production`. */
  readonly slot: string;
  /** When php-fpm started. */
  readonly startedAt: string;
}

/** One question to a slot, as seen from outside. */
export interface Observation {
  /** Undefined when nothing answered: refused, reset or too late. */
  readonly status: number | undefined;
  readonly ms: number;
  readonly text: string;
  /** Where a redirect points. */
  readonly location: string | undefined;
  /** Why nothing answered. */
  readonly reason: string | undefined;
}

export interface SlotRequest {
  readonly method?: string;
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as they are, instead of a body. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly timeoutMs?: number;
}

/** A slot as its visitors reach it. Never rejects for what the slot answers, or when it does not. */
export class WebSlot {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async ask(path: string, request: SlotRequest = {}): Promise<Observation> {
    const began = performance.now();
    const seen = (rest: Partial<Observation>): Observation => ({
      status: undefined,
      text: '',
      location: undefined,
      reason: undefined,
      ...rest,
      ms: performance.now() - began,
    });
    try {
      const answer = await this.#fetch(path, request);
      const text = await answer.text();
      return seen({ status: answer.status, text, location: answer.headers.get('location') ?? undefined });
    } catch (error) {
      return seen({ reason: reasonOf(error) });
    }
  }

  /** What runs, or undefined when the answer is not a version: nothing released yet, or it does not start. */
  async version(timeoutMs = REQUEST_TIMEOUT_MS): Promise<RunningVersion | undefined> {
    return versionOf(await this.ask('/_slipway/version', { timeoutMs }));
  }

  /** SHA-256 of the bytes at a path, or the status when it is not 200. */
  async sha256(path: string): Promise<{ readonly sha256: string } | { readonly status: number | undefined }> {
    try {
      const answer = await this.#fetch(path, {});
      if (answer.status !== 200) {
        await answer.body?.cancel();
        return { status: answer.status };
      }
      return {
        sha256: createHash('sha256')
          .update(Buffer.from(await answer.arrayBuffer()))
          .digest('hex'),
      };
    } catch {
      return { status: undefined };
    }
  }

  #fetch(path: string, request: SlotRequest): Promise<Response> {
    const { method = 'GET', token, body, bytes, timeoutMs = REQUEST_TIMEOUT_MS } = request;
    const headers: Record<string, string> = { 'cache-control': 'no-cache', 'user-agent': 'slipway-release' };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    return fetch(new URL(path, this.url), {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(bytes === undefined ? {} : { body: bytes }),
    });
  }
}

export function versionOf({ status, text }: Observation): RunningVersion | undefined {
  if (status !== 200) return undefined;
  const value = parseObject(text);
  if (typeof value.version !== 'string') return undefined;
  const field = (name: string): string => (typeof value[name] === 'string' ? (value[name] as string) : '0');
  return {
    version: value.version,
    schema: field('schema'),
    schemaMin: field('schemaMin'),
    schemaMax: field('schemaMax'),
    slot: field('slot'),
    startedAt: field('startedAt'),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.message;
}
