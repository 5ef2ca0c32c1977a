import { textOf } from '../lib/json.ts';

/** An answer of Azure that is no success, in the form that the errors of its libraries have. */
export class AzureRefusal extends Error {
  readonly statusCode: number;
  /** Azure's own, such as `AuthorizationFailed`; empty when it gave none. */
  readonly code: string;

  constructor(status: number, body: unknown) {
    const code = textOf(body, 'error', 'code') || textOf(body, 'code');
    const message = textOf(body, 'error', 'message') || textOf(body, 'message');
    super([status, code, message.split('\n')[0]?.slice(0, 200)].filter(Boolean).join(' '));
    this.statusCode = status;
    this.code = code;
  }
}
