import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { isObject } from '../../lib/json.ts';

/** What a token of the region says: whose it is, and for which service. Dates are seconds since 1970. */
export interface TokenClaims {
  readonly aud: string;
  readonly iss: string;
  readonly nbf: number;
  readonly exp: number;
  /** Principal id, which role assignments name. */
  readonly oid: string;
}

/** Tokens whose signature was checked are remembered up to this number: a client sends one token for hours. */
const REMEMBERED_TOKENS = 100;

/**
 * Signs access tokens and checks them, as Entra ID does. The key lives in this process only, so nobody else can make a
 * token, and none outlives the region that issued it.
 */
export class AccessTokens {
  readonly #issuer: string;
  readonly #now: () => Date;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #checked = new Map<string, TokenClaims>();

  constructor(issuer: string, now: () => Date) {
    this.#issuer = issuer;
    this.#now = now;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  issue(claims: Omit<TokenClaims, 'iss'> & Readonly<Record<string, unknown>>): string {
    const header = encoded({ typ: 'JWT', alg: 'ES256' });
    const signed = `${header}.${encoded({ ...claims, iss: this.#issuer })}`;
    const key = { key: this.#privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }

  /** The claims of a token that this region signed and that is valid now for one of the audiences; undefined for any other. */
  claimsOf(token: string, audiences: readonly string[]): TokenClaims | undefined {
    const claims = this.#checked.get(token) ?? this.#check(token);
    const now = this.#now().getTime() / 1000;
    if (claims === undefined || claims.iss !== this.#issuer || claims.nbf > now || claims.exp <= now) return undefined;
    return audiences.includes(claims.aud.replace(/\/$/, '')) ? claims : undefined;
  }

  #check(token: string): TokenClaims | undefined {
    const [header = '', payload = '', signature = '', ...more] = token.split('.');
    if (more.length > 0) return undefined;
    const key = { key: this.#publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const signed = Buffer.from(`${header}.${payload}`);
    // The algorithm is ours whatever the header says: `none` and others are no signature of this key.
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (!isClaims(claims)) return undefined;
    if (this.#checked.size >= REMEMBERED_TOKENS) this.#checked.clear();
    this.#checked.set(token, claims);
    return claims;
  }
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function isClaims(value: unknown): value is TokenClaims {
  if (!isObject(value)) return false;
  const { aud, iss, oid, nbf, exp } = value;
  return [aud, iss, oid].every((text) => typeof text === 'string') && [nbf, exp].every((at) => typeof at === 'number');
}
