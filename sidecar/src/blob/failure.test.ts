import { describe, expect, test } from '@jest/globals';
import { blobFailure, refusal } from './failure.ts';

describe('a failure of Blob', () => {
  test.each([
    [409, 'BlobAlreadyExists', 'exists'],
    [412, 'ConditionNotMet', 'exists'],
    [404, 'BlobNotFound', 'missing'],
    [404, 'ContainerNotFound', 'away'],
    [403, 'AuthorizationPermissionMismatch', 'away'],
    [401, '', 'away'],
    [416, 'InvalidRange', 'range'],
    [400, 'Md5Mismatch', 'changed'],
    [400, 'InvalidUri', 'rejected'],
    [500, '', 'flaky'],
    [429, '', 'flaky'],
  ])('means the right thing: %i %s', (status, code, kind) => {
    expect(refusal(status, { 'x-ms-error-code': code }, 0)).toMatchObject({
      kind,
      message: `${status} ${code}`.trim(),
    });
  });

  test.each([
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'away'],
    [Object.assign(new Error('x'), { code: 'ENOTFOUND' }), 'away'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'flaky'],
    [new Error('socket hang up'), 'flaky'],
    ['text', 'flaky'],
  ])('means the right thing where no answer came: %#', (error, kind) => {
    expect(blobFailure(error).kind).toBe(kind);
  });

  test('carries Retry-After', () => {
    expect(refusal(503, { 'retry-after': '7' }, 0).retryAfterMs).toBe(7_000);
  });
});
