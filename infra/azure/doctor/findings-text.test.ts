import { expect, test } from '@jest/globals';
import { durationText, findingsText, sinceText } from './findings-text.ts';

const NOW = new Date('2026-11-29T03:00:00Z');

test('what visitors notice comes before what has begun later, then what could not be asked, then the rest', () => {
  const text = findingsText(
    [
      { check: 'a', verdict: 'fine', found: 'well' },
      { check: 'b', verdict: 'note', found: 'newer' },
      { check: 'c', verdict: 'unknown', found: 'no answer', fix: 'ask' },
      { check: 'd', verdict: 'problem', found: 'late', fix: 'wait', urgency: 2, since: '2026-11-29T02:55:00Z' },
      {
        check: 'e',
        verdict: 'problem',
        found: 'down',
        fix: 'start it',
        urgency: 1,
        since: '2026-11-29T01:00:00Z',
        page: 'docs/x.md',
      },
      { check: 'f', verdict: 'problem', found: 'also', fix: 'wait', since: '2026-11-29T02:58:00Z' },
    ],
    NOW,
  );
  expect(text.split('\n')).toEqual([
    'NO  e  down, since 2026-11-29 01:00 UTC (2 h)',
    '       to do: start it',
    '       read: docs/x.md',
    'NO  f  also, since 2026-11-29 02:58 UTC (2 min)',
    '       to do: wait',
    'NO  d  late, since 2026-11-29 02:55 UTC (5 min)',
    '       to do: wait',
    '??  c  no answer',
    '       to do: ask',
    '--  b  newer',
    'ok  a  well',
  ]);
});

test.each([
  [0, '0 min'],
  [-5_000, '0 min'],
  [59 * 60_000, '59 min'],
  [60 * 60_000, '1 h'],
  [49 * 3_600_000, '2 d'],
])('%i ms are %s', (ms, shown) => {
  expect(durationText(ms)).toBe(shown);
});

test('a time that is none is shown as it came', () => {
  expect(sinceText('a while', NOW)).toBe('since a while');
});
