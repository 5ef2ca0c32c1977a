import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ReleaseTarget } from '../target/target.ts';

const KEY_BYTES = 32;
const PURPOSE = 'slipway release records';

/** What a seal is put on: one kind does not pass for another. */
export type Sealed = 'history' | 'intent';

/**
 * Marks what a release writes into the releases container with a key that is not kept there. Whoever can write to the
 * container, and has no access to the stack's secrets, can then remove records, but not make any that count.
 */
export class Seal {
  readonly #key: Buffer;

  /** The key is derived from a secret of the stack; each stack has another one. */
  constructor(secret: string, stack: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', `${PURPOSE}\0${stack}`, KEY_BYTES));
  }

  /** HMAC-SHA256 over the value as JSON. */
  of(kind: Sealed, value: object): string {
    return this.#mac(kind, value).toString('base64url');
  }

  isGenuine(kind: Sealed, value: object, mac: unknown): boolean {
    if (typeof mac !== 'string') return false;
    const [expected, found] = [this.#mac(kind, value), Buffer.from(mac, 'base64url')];
    return expected.length === found.length && timingSafeEqual(expected, found);
  }

  #mac(kind: Sealed, value: object): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${kind}\0${JSON.stringify(value)}`)
      .digest();
  }
}

export async function sealOf(target: Pick<ReleaseTarget, 'tokens' | 'stack'>): Promise<Seal> {
  return new Seal((await target.tokens()).seal, target.stack);
}

/** Whoever only looks may not be allowed to read secrets: then records are shown as they are. */
export function sealForLooking(target: Pick<ReleaseTarget, 'tokens' | 'stack'>): Promise<Seal | undefined> {
  return sealOf(target).catch(() => undefined);
}
