import { expect, test } from '@jest/globals';
import { jsonLines, visible } from './log.ts';

test('control and format characters in names and reasons are shown as \\u{…}, whatever JSON would do with them', () => {
  const lines: string[] = [];
  const log = jsonLines(
    (line) => lines.push(line),
    () => new Date(0),
  );
  log('warn', 'x', { name: 'a\u001b[2Jb\nc\u0085d\u202ee\u2028f\u{e0001}g', bytes: 5 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'warn',
    source: 'sidecar',
    message: 'x',
    name: String.raw`a\u{1b}[2Jb\u{a}c\u{85}d\u{202e}e\u{2028}f\u{e0001}g`,
    bytes: 5,
  });
  expect(visible('été 日本語 🎈')).toBe('été 日本語 🎈');
});
