import { firstLineOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';

interface ArmErrorLike {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
}

const statusFixes: Readonly<Record<number, string>> = {
  401: 'sign in again (az login), or restart the local region so that it writes a fresh token',
  403: 'give the identity that releases the role Website Contributor on the resource group',
  404: 'look whether the stack is up and its outputs are current',
  409: 'another operation is under way on this site: wait for its end, then repeat the command',
};

/** Deleting below a locked resource is refused with 409 too, and waiting does not help. */
const LOCKED_FIX =
  'a lock holds it: `az lock list --query "[].id"` names it; delete the lock, repeat the command, and let `pulumi up` make the lock again';

/** What the management plane refused, as an error for people. */
export function armFailure(what: string, error: unknown): SlipError {
  const like = asArmError(error);
  const status = like?.statusCode;
  const reason = like === undefined ? String(error) : [status, like.code, firstLineOf(like)].filter(Boolean).join(' ');
  return new SlipError('SLIP-RELEASE-ARM', {
    found: `the management plane did not ${what}: ${reason}`,
    expected: 'the call to be carried out',
    fix:
      (like?.code === 'ScopeLocked' ? LOCKED_FIX : statusFixes[status ?? 0]) ??
      'see whether the management plane is reachable (./slipway status), then repeat the command',
    cause: error,
  });
}

export function isNotFound(error: unknown): boolean {
  return asArmError(error)?.statusCode === 404;
}

/** Azure moves instances while a swap runs, and says so; trying again is its own advice. */
export function isTransientSwapFailure(error: unknown): boolean {
  return /allocation of (VM )?instances changed/i.test(firstLineOf(error));
}

/** It answered that it does not do it. No answer leaves that open, and so does 409: to a request that was sent twice. */
export function wasRefused(error: unknown): boolean {
  const { cause } = error instanceof SlipError ? error : {};
  const status = asArmError(cause)?.statusCode ?? 0;
  return status >= 400 && status < 500 && status !== 408 && status !== 409;
}

function asArmError(error: unknown): ArmErrorLike | undefined {
  return error instanceof Error ? (error as ArmErrorLike) : undefined;
}
