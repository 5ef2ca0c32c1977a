import { expect, test } from '@jest/globals';
import { parseCommand } from './command-line.ts';

test.each([
  ['php artisan migrate --force', ['php', 'artisan', 'migrate', '--force']],
  ["  php  -r 'echo 1;'  ", ['php', '-r', 'echo 1;']],
  ['php -d "memory_limit=1G"x a', ['php', '-d', 'memory_limit=1Gx', 'a']],
  ["php ''", ['php', '']],
])('%j is split into its words', (text, words) => {
  expect(parseCommand(text)).toEqual({ words });
});

test.each([
  'php a | tee b',
  'php a && php b',
  'php a; php b',
  'php $HOME/a',
  'php `id`',
  'php a > b',
  'php *.php',
  'php ~/a',
  'a\nb',
  "'a\nb'",
])('%j needs a shell and is refused', (text) => {
  expect(parseCommand(text)).toHaveProperty('problem');
});

test.each(['', '   ', "''", "php 'a"])('%j is no command', (text) => {
  expect(parseCommand(text)).toHaveProperty('problem');
});
