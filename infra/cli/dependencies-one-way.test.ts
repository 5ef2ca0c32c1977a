import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** What the product code of a folder may import. What is not named here may import nothing. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'infra/lib': [],
  'infra/setup': ['infra/lib'],
  'infra/program': ['infra/lib'],
  'infra/evaluate': ['infra/lib'],
  'infra/policy': ['infra/lib', 'infra/evaluate', 'infra/program'],
  'infra/report': ['infra/lib', 'infra/evaluate', 'infra/program', 'infra/policy'],
  'infra/azure': ['infra/lib', 'infra/evaluate', 'infra/program'],
  'infra/local': ['infra/lib', 'infra/evaluate'],
  'infra/release': ['infra/lib', 'infra/evaluate', 'infra/local', 'infra/azure'],
  'infra/drill': ['infra/lib', 'infra/local'],
  'infra/operate': ['infra/lib', 'infra/program', 'infra/azure', 'infra/local', 'infra/release'],
  'infra/console': ['infra/lib', 'infra/evaluate', 'infra/local', 'infra/release', 'infra/report'],
  'infra/cli': [
    ...['infra/lib', 'infra/setup', 'infra/evaluate', 'infra/policy', 'infra/report', 'infra/azure', 'infra/local'],
    ...['infra/release', 'infra/operate', 'infra/drill', 'infra/console'],
  ],
  sidecar: [],
};

/** Tests, benchmarks and what they share may import any product folder; no product folder imports them. */
const testFolders = ['infra/testbed', 'infra/e2e', 'infra/bench', 'sidecar/testbed'];
/** `npm run bench` is a command like the others. */
const exceptions = [['infra/cli/commands/bench.ts', 'infra/bench']];

function folderOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  const folder = join(first, second);
  return first === 'infra' || testFolders.includes(folder) ? folder : first;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:\bfrom |\bimport |\bimport\()'(\.[^']+)'/g)];
  return found.map(([, specifier = '']) => normalize(join(dirname(file), specifier)));
}

test('product folders import one way, and no test code', () => {
  const files = globSync('{infra,sidecar}/**/*.{ts,mjs}', { cwd: root, exclude: ['**/node_modules'] });
  const product = files.filter(
    (file) => !/\.(test|fixture|suite)\.(ts|mjs)$/.test(file) && !testFolders.includes(folderOf(file)),
  );
  expect(product.length).toBeGreaterThan(200);
  const wrong = product.flatMap((file) =>
    importsOf(file)
      .filter((imported) => {
        const [from, to] = [folderOf(file), folderOf(imported)];
        if (/\.(test|fixture|suite)\.(ts|mjs)$/.test(imported)) return true;
        if (from === to || exceptions.some(([by, what]) => by === file && what === to)) return false;
        return !(allowed[from] ?? []).includes(to);
      })
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

/** What the files of a folder may import of their own product folder, beside themselves. Only files of `infra/cli` itself are meant by that. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  'infra/program/base': ['infra/program/config'],
  'infra/program/components': ['infra/program/config', 'infra/program/base'],
  'infra/cli': ['infra/cli/testing'],
  'infra/cli/views': ['infra/cli'],
};

test('what is shared within a folder imports nothing of what uses it', () => {
  const isIn = (file: string, folder: string): boolean =>
    folder === 'infra/cli' ? dirname(file) === folder : file.startsWith(`${folder}/`);
  const wrong = Object.entries(WITHIN).flatMap(([folder, others]) =>
    globSync(`${folder}/**/*.ts`, { cwd: root })
      .filter((file) => isIn(file, folder) && !/\.(test|fixture)\.ts$/.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => folderOf(imported) === folderOf(folder))
          .filter((imported) => ![folder, ...others].some((known) => isIn(imported, known)))
          .map((imported) => `${file} imports ${imported}`),
      ),
  );
  expect(wrong).toEqual([]);
});
