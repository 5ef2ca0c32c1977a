import { createHash, timingSafeEqual } from 'node:crypto';
import { ArmError } from '../appservice/arm-error.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Refuses a request that does not carry the token. The comparison takes the same time whatever is sent. */
export function assertBearer(header: string | undefined, token: string): void {
  if (header === undefined) {
    throw new ArmError(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  }
  const sent = /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? '';
  if (!timingSafeEqual(digest(sent), digest(token))) {
    throw new ArmError(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
  }
}
