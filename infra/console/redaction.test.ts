import { expect, test } from '@jest/globals';
import { HIDDEN, Redaction } from './redaction.ts';

const SECRET = 'pa"ss/wörd+1';

test.each([
  ['as it is', SECRET],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['in base64', Buffer.from(SECRET).toString('base64')],
])('a secret %s is hidden', (_how, text) => {
  expect(new Redaction([SECRET]).text(`before ${text} after`)).toBe(`before ${HIDDEN} after`);
});

test('of two secrets the longer one is hidden whole', () => {
  expect(new Redaction(['secret', 'secret-and-more']).text('secret-and-more')).toBe(HIDDEN);
});

test('a value that is too short to be told from a word hides nothing', () => {
  expect(new Redaction(['a', '']).text('a banana')).toBe('a banana');
});
