import { readFile } from 'node:fs/promises';

/** SS_CONNECTING, waiting to be accepted, and SS_CONNECTED, accepted: include/uapi/linux/net.h */
const open = ['02', '03'];

/**
 * Counts the connections to a listening unix socket, including those that wait to be accepted: the clients of both are
 * cut off when the listener ends. The kernel lists each under the socket's path.
 */
export async function unixConnections(socketPath: string): Promise<number> {
  const table = await readFile('/proc/net/unix', 'utf8');
  return table.split('\n').filter((line) => {
    const fields = line.split(' ').filter((field) => field !== '');
    return open.includes(fields[5] ?? '') && fields[7] === socketPath;
  }).length;
}
