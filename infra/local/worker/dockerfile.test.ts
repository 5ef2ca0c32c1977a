import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { imageRecipe } from './dockerfile.ts';

test('the last stage says what a container is started with', () => {
  const recipe = imageRecipe(
    [
      'FROM node AS dependencies',
      'WORKDIR /build',
      'ENV FORGOTTEN=1',
      'FROM node',
      '# ENV COMMENT=1',
      'ENV A=1 \\',
      '    B=/app/x',
      'WORKDIR /app',
      'ENV A=2',
      'CMD ["node", "--flag", "src/main.ts"]',
    ].join('\n'),
  );
  expect(recipe).toEqual({
    workingDirectory: '/app',
    environment: { A: '2', B: '/app/x' },
    command: ['node', '--flag', 'src/main.ts'],
  });
});

test.each([
  ['quotes', 'ENV A="1 2"\nCMD ["node"]', /unquoted/],
  ['a CMD for a shell', 'CMD node main.ts', /JSON list/],
  ['no CMD', 'FROM node\nCMD ["node"]\nFROM node', /no CMD/],
])('%s is not guessed at', (_name, text, said) => {
  expect(() => imageRecipe(text)).toThrow(said);
});

test('the sidecar’s Dockerfile can be read', async () => {
  const recipe = imageRecipe(await readFile(join(import.meta.dirname, '../../../sidecar/Dockerfile'), 'utf8'));
  expect(recipe.command.at(-1)).toBe('main.mjs');
  expect(recipe.environment).toHaveProperty('NODE_ENV', 'production');
});
