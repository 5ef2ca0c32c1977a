import { execFile } from 'node:child_process';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isErrno } from '../../lib/error-message.ts';

const REMOVE_RETRIES = 5;

/** Removes a container's disk. An application lies there read-only, and only root may remove files of such a directory as they are. */
export async function removeDisk(directory: string): Promise<void> {
  if (process.geteuid?.() !== 0) await makeWritable(directory).catch(ignoreAbsent);
  // `rm` takes a quarter of the processor time that Node takes, which in a swap is time of visitors.
  await promisify(execFile)('rm', ['-rf', '--', directory]).catch(() => undefined);
  // What ends at this moment may still write a file into it.
  await rm(directory, { recursive: true, force: true, maxRetries: REMOVE_RETRIES });
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
