import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isErrno } from '../../lib/error-message.ts';

const run = promisify(execFile);

/** The kernel knows who listens on a unix socket (SO_PEERCRED) and Node cannot ask it; perl is part of every Debian and Ubuntu. */
const ASK_KERNEL = `use Socket;
socket(my $socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0) or exit 1;
connect($socket, pack_sockaddr_un("\\0" . $ARGV[0])) or exit 1;
print join(" ", unpack("iii", getsockopt($socket, SOL_SOCKET, SO_PEERCRED)));`;

export interface SocketHolder {
  /** 0 when the process is in another pid namespace. */
  readonly pid: number;
  readonly uid: number;
}

/**
 * The process that listens on an abstract unix socket. `unknown` when it lets nobody connect, so that the kernel cannot
 * be asked; undefined when there is no perl.
 */
export async function holderOf(abstractName: string): Promise<SocketHolder | 'unknown' | undefined> {
  try {
    const { stdout } = await run('perl', ['-e', ASK_KERNEL, abstractName], { timeout: 10_000 });
    const [pid, uid] = stdout.split(' ').map(Number);
    return pid === undefined || uid === undefined ? 'unknown' : { pid, uid };
  } catch (error) {
    return isErrno(error, 'ENOENT') ? undefined : 'unknown';
  }
}

/** For a person: process, command and user. */
export async function describeHolder({ pid, uid }: SocketHolder): Promise<string> {
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  // The process chose it: control characters would reach the terminal.
  const command = title.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return `process ${pid}${command === '' ? '' : ` (${command.slice(0, 200)})`} of user ${await userName(uid)}`;
}

async function userName(uid: number): Promise<string> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const entry = passwd.split('\n').find((line) => line.split(':')[2] === String(uid));
  return entry?.split(':')[0] ?? String(uid);
}
