import { expect, test } from '@jest/globals';
import { runbookAddress } from './runbooks.ts';

test('a page is at the address of the pages, or a path in the repository when there is none', () => {
  const pages = 'https://example.org/docs/runbooks';
  expect(runbookAddress(pages, 'disk-full')).toBe('https://example.org/docs/runbooks/disk-full.md');
  expect(runbookAddress('', 'disk-full')).toBe('docs/runbooks/disk-full.md');
});
