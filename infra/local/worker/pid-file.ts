import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from '../../lib/error-message.ts';

/** The process that a pid file names; null when it is gone or another process has its number. */
export async function pidIn(file: string): Promise<number | null> {
  try {
    const pid = Number((await readFile(file, 'utf8')).trim());
    if (!Number.isInteger(pid) || pid <= 0) return null;
    // The title of both servers names their configuration file, which is in the directory of the pid file.
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return title.includes(dirname(file)) ? pid : null;
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return null;
    throw error;
  }
}
