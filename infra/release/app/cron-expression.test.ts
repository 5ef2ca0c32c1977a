import { expect, test } from '@jest/globals';
import { cronProblem } from './cron-expression.ts';

test.each([
  '* * * * *',
  '*/5 * * * *',
  '0,30 8-18/2 1,15 JAN-mar,12 mon-FRI',
  '5/10 0 * * 7',
  '0 0 * * FRI-SUN',
  '  0   3 * * *  ',
])('%j is one', (text) => {
  expect(cronProblem(text)).toBeUndefined();
});

test.each([
  ['* * * *', 'has 4 fields'],
  ['* * * * * *', 'has 6 fields'],
  ['60 * * * *', '"60" is no minute'],
  ['* 24 * * *', '"24" is no hour'],
  ['* * 0 * *', '"0" is no day of the month'],
  ['* * * 13 *', '"13" is no month'],
  ['* * * * 8', '"8" is no day of the week'],
  ['*/0 * * * *', '"*/0" is no minute'],
  ['30-10 * * * *', '"30-10" is no minute'],
  ['1,,2 * * * *', '"" is no minute'],
  ['JAN * * * *', '"JAN" is no minute'],
  ['* * * MON *', '"MON" is no month'],
  ['*-5 * * * *', '"*-5" is no minute'],
  ['@daily', 'has 1 fields'],
])('%j is none: %s', (text, problem) => {
  expect(cronProblem(text)).toContain(problem);
});
