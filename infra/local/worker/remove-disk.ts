import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../lib/error-message.ts';

/** Removes a container's disk. An application lies there read-only, and only root may remove files of such a directory as they are. */
export async function removeDisk(directory: string): Promise<void> {
  if (process.geteuid?.() !== 0) await makeWritable(directory).catch(ignoreAbsent);
  await rm(directory, { recursive: true, force: true });
}

async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
  }
}

function ignoreAbsent(error: unknown): void {
  if (!isErrno(error, 'ENOENT')) throw error;
}
