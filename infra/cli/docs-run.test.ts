import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** Blocks that a page marks as running here, with a text that they print. */
const marked = ['README.md', ...globSync('docs/**/*.md', { cwd: root })].flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/<!-- runs here, prints: (.*) -->\n```sh\n([\s\S]*?)```/g)].map(
    ([, printed = '', commands = '']) => ({ page, printed, commands }),
  ),
);

test('some commands of the documents are marked', () => {
  expect(marked.length).toBeGreaterThanOrEqual(2);
});

test.each(marked)('$page: $commands', ({ printed, commands }) => {
  // The launcher would look for what a bare machine lacks first.
  const direct = commands.replaceAll('./slipway ', `'${process.execPath}' infra/cli/main.ts `);
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', direct], { cwd: root, encoding: 'utf8' });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  expect(stdout).toContain(printed);
});
