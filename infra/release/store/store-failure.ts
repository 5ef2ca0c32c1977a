import { RestError } from '@azure/storage-blob';
import { SlipError } from '../../lib/errors.ts';

export function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof RestError && error.statusCode !== undefined && statuses.includes(error.statusCode);
}

/** The releases container cannot be reached or refuses us. */
export function storeFailure(error: unknown): SlipError {
  const reason =
    error instanceof RestError ? `${error.statusCode ?? ''} ${error.code ?? error.message}`.trim() : String(error);
  return new SlipError('SLIP-RELEASE-STORE', {
    found: `the releases container did not answer as expected: ${reason}`,
    expected: 'the container `releases` of the shared storage account, with the role Storage Blob Data Contributor',
    fix: 'see whether Blob is up (./slipway status) and whether you may write there, then repeat the command',
    cause: error,
  });
}
