import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TreeFile } from './source-tree.ts';

export async function writeTree(
  directory: string,
  files: readonly TreeFile[],
  emptyDirectories: readonly string[] = [],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const file of files) {
    const path = join(directory, file.path);
    await mkdir(dirname(path), { recursive: true });
    if (file.isLink) await symlink(file.content.toString('utf8'), path);
    else await writeFile(path, file.content);
    if (file.executable) await chmod(path, 0o755);
  }
  for (const path of emptyDirectories) await mkdir(join(directory, path), { recursive: true });
}

/** Every file and link below `root/below`, sorted within each directory. */
export async function readTree(root: string, below: string): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (const name of (await readdir(join(root, below))).toSorted()) {
    const path = below === '' ? name : `${below}/${name}`;
    const info = await lstat(join(root, path));
    if (info.isDirectory()) files.push(...(await readTree(root, path)));
    else if (info.isSymbolicLink()) {
      files.push({ path, content: Buffer.from(await readlink(join(root, path))), executable: false, isLink: true });
    } else files.push({ path, content: await readFile(join(root, path)), executable: (info.mode & 0o100) !== 0 });
  }
  return files;
}

/** Every file below a directory, sorted by path. */
export async function sortedTree(root: string): Promise<TreeFile[]> {
  return (await readTree(root, '')).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
