/**
 * A refusal as App Service answers it. The management plane sends it as `{error:{code,message}}` with `status`, and
 * nothing else of the error.
 */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ArmError';
    this.status = status;
    this.code = code;
  }
}

export const badRequest = (message: string): ArmError => new ArmError(400, 'BadRequest', message);

export const conflict = (message: string): ArmError => new ArmError(409, 'Conflict', message);

/** App Service answers a swap whose source does not become warm with 417 ExpectationFailed. */
export const expectationFailed = (message: string): ArmError => new ArmError(417, 'ExpectationFailed', message);
