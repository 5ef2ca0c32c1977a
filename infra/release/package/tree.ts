import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TreeFile } from './source-tree.ts';

export async function writeTree(directory: string, files: readonly TreeFile[]): Promise<void> {
  for (const file of files) {
    const path = join(directory, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
  }
}

/** Every file below `root/below`, sorted within each directory. */
export async function readTree(root: string, below: string): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (const name of (await readdir(join(root, below))).toSorted()) {
    const path = `${below}/${name}`;
    const info = await stat(join(root, path));
    if (info.isDirectory()) files.push(...(await readTree(root, path)));
    else files.push({ path, content: await readFile(join(root, path)), executable: (info.mode & 0o100) !== 0 });
  }
  return files;
}
