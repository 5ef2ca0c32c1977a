import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { causeMessageOf, firstLineOf, isErrno, messageOf } from './error-message.ts';

test('an error says its message, anything else that was thrown its text', () => {
  expect(messageOf(new TypeError('no'))).toBe('no');
  expect(messageOf('no')).toBe('no');
  expect(messageOf(undefined)).toBe('undefined');
});

test('the first line leaves out what a client appended', () => {
  expect(firstLineOf(new Error('403 Forbidden\n{ "request": … }'))).toBe('403 Forbidden');
});

test("a cause's message is preferred to the message around it", () => {
  expect(causeMessageOf(new Error('fetch failed', { cause: new Error('ECONNREFUSED') }))).toBe('ECONNREFUSED');
  expect(causeMessageOf(new Error('fetch failed', { cause: 'text' }))).toBe('fetch failed');
});

test('the code of a failed system call is recognised, of anything else not', () => {
  let failure: unknown;
  try {
    readFileSync('/does/not/exist');
  } catch (error) {
    failure = error;
  }
  expect(isErrno(failure, 'ENOENT')).toBe(true);
  expect(isErrno(failure, 'EACCES')).toBe(false);
  expect(isErrno('ENOENT', 'ENOENT')).toBe(false);
});
