import { join } from 'node:path';
import type { TreeFile } from './source-tree.ts';
import { sortedTree } from './tree.ts';

const runtimeDirectory = join(import.meta.dirname, '../../runtime');

/** slipway's runtime as it lies in a package: below `slipway/`, without its tests. */
export async function readRuntime(): Promise<readonly TreeFile[]> {
  const files = await sortedTree(runtimeDirectory);
  return files
    .filter(({ path }) => !/\.test\.ts$|(^|\/)tests?\//.test(path))
    .map((file) => ({ ...file, path: `slipway/${file.path}` }));
}
