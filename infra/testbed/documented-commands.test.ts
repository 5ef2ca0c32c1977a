import { describe, expect, test } from '@jest/globals';
import { commandsIn, markOf, needsAzure, printsInOrder } from './documented-commands.ts';

const PAGE = `# A page

1. A step:

   <!-- runs in the region, long, with blob-down, at last, prints: blob DOWN … front -->
   \`\`\`sh
   ./slipway status
     indented
   \`\`\`

\`\`\`sh
ls
\`\`\`
`;

describe('blocks of commands', () => {
  test('have their page, line and the comment above them, also in a list', () => {
    expect(commandsIn('docs/page.md', PAGE)).toEqual([
      {
        page: 'docs/page.md',
        line: 6,
        commands: './slipway status\n  indented',
        comment: 'runs in the region, long, with blob-down, at last, prints: blob DOWN … front',
      },
      { page: 'docs/page.md', line: 11, commands: 'ls', comment: undefined },
    ]);
  });

  test.each([
    ['az login'],
    ['RG=$(az group list)'],
    ['./slipway release --stack prod'],
    ['npx pulumi up -s dev'],
    ['./slipway doctor --before-up'],
  ])('%s asks Azure', (commands) => {
    expect(needsAzure(commands)).toBe(true);
  });

  test.each([['./slipway status'], ['ls -s'], ['./slipway resources --stage prod']])('%s does not', (commands) => {
    expect(needsAzure(commands)).toBe(false);
  });
});

describe('a comment', () => {
  test('says where its block runs, what is broken before it and what it prints', () => {
    expect(markOf('runs here, prints: a, b … c')).toEqual({ where: 'here', prints: ['a, b', 'c'] });
    expect(markOf('runs in the region, without blob-down, prints: 0 pending')).toEqual({
      where: 'region',
      long: false,
      atLast: false,
      breaks: undefined,
      repairs: 'blob-down',
      prints: ['0 pending'],
    });
    expect(markOf('does not run: Log Analytics')).toEqual({ where: 'nowhere', reason: 'Log Analytics' });
  });

  test.each([
    ['runs in the region, with bolb-down, prints: x'],
    ['runs in the region'],
    ['runs here, long, prints: x'],
    ['does not run'],
    ['a remark'],
    [undefined],
  ])('%s is no mark', (comment) => {
    expect(markOf(comment)).toBeUndefined();
  });
});

test('texts are compared in their order', () => {
  expect(printsInOrder('one two three', ['one', 'three'])).toBe(true);
  expect(printsInOrder('one two three', ['three', 'one'])).toBe(false);
  expect(printsInOrder('one', ['one', 'one'])).toBe(false);
});
