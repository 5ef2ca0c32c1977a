import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const manifests = [
  'package.json',
  'infra/package.json',
  'sidecar/package.json',
  'webapplication/composer.json',
  'infra/release/judge/composer.json',
];
const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'require', 'require-dev'];

function declared(): string[] {
  const names = manifests.flatMap((file) => {
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, Record<string, string>>;
    return kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
  });
  return [...new Set(names)].filter((name) => name !== 'php' && !name.startsWith('@types/'));
}

test('docs/reference/dependencies.md says of every direct dependency what it is for', () => {
  const page = readFileSync(join(root, 'docs/reference/dependencies.md'), 'utf8');
  const family = (name: string) => name.replace(/^phpstan\/phpstan-.*/, 'phpstan/phpstan');
  const named = (name: string) => page.includes(`\`${name}\``) || (name.startsWith('ext-') && page.includes(name));
  expect(declared().filter((name) => !named(family(name)))).toEqual([]);
});
