import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { documentedCommands, markOf, needsAzure, printsInOrder } from '../testbed/documented-commands.ts';

const root = join(import.meta.dirname, '../..');
const blocks = documentedCommands().map((block) => ({ ...block, mark: markOf(block.comment) }));
const here = blocks.flatMap(({ mark, ...block }) =>
  mark?.where === 'here' ? [{ ...block, prints: mark.prints }] : [],
);

test('every block of commands that could run here is run by a test, or says why not', () => {
  const unmarked = blocks.filter(({ mark, commands }) => mark === undefined && !needsAzure(commands));
  expect(unmarked.map(({ page, line, commands }) => `${page}:${line} ${commands}`)).toEqual([]);
});

test('no comment above a block is a mark with a mistake', () => {
  const wrong = blocks.filter(({ comment, mark }) => mark === undefined && /\bruns?\b/.test(comment ?? ''));
  expect(wrong.map(({ page, line, comment }) => `${page}:${line} ${comment}`)).toEqual([]);
});

test('some commands of the documents are marked', () => {
  expect(here.length).toBeGreaterThanOrEqual(3);
});

test.each(here)('$page:$line $commands', ({ prints, commands }) => {
  // The launcher would look for what a bare machine lacks first.
  const direct = commands.replaceAll('./slipway ', `'${process.execPath}' infra/cli/main.ts `);
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', direct], { cwd: root, encoding: 'utf8' });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  expect([stdout, printsInOrder(stdout, prints)]).toEqual([stdout, true]);
});
