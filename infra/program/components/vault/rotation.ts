/**
 * Secrets that are rotated without an outage: what a running version uses stays valid until a release has replaced that version.
 * A generation is the value of `secrets.rotation` for which a secret was made; a secret with another generation has another value.
 */

/** Of the application in MySQL. They are used in turn: at a rotation the one that is not in use gets a new password. */
export const DATABASE_LOGINS = ['a', 'b'] as const;
export type DatabaseLogin = (typeof DATABASE_LOGINS)[number];

export function currentLogin(rotation: number): DatabaseLogin {
  return rotation % 2 === 1 ? 'a' : 'b';
}

/** The last rotation that made this login the current one. */
export function loginGeneration(login: DatabaseLogin, rotation: number): number {
  return currentLogin(rotation) === login ? rotation : rotation - 1;
}

/** Tokens that clients send. The application accepts the current one and the one of the next rotation. */
export const TOKENS = ['cache-api-token', 'release-token'] as const;
export type Token = (typeof TOKENS)[number];

/** The last one, the current one and the next one have a secret each. */
const PLACES = 3;

/** Names of the secrets that a version accepts. The name of a generation never changes, so a rotation changes no secret in use. */
export function acceptedTokens(token: Token, rotation: number): { readonly current: string; readonly next: string } {
  return { current: tokenName(token, rotation), next: tokenName(token, rotation + 1) };
}

/** Every secret of a token with its generation. */
export function tokenGenerations(
  token: Token,
  rotation: number,
): { readonly name: string; readonly generation: number }[] {
  return [rotation - 1, rotation, rotation + 1].map((generation) => ({
    name: tokenName(token, generation),
    generation,
  }));
}

function tokenName(token: Token, generation: number): string {
  return `${token}-${generation % PLACES}`;
}
