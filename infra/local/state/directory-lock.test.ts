import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DirectoryLock, isLocked } from './directory-lock.ts';
import { describeHolder, holderOf } from './lock-holder.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test('only one has the state directory at a time', async () => {
  const first = await DirectoryLock.take(directory);
  expect(await DirectoryLock.take(directory)).toBeUndefined();
  expect(await isLocked(directory)).toBe(true);
  first?.release();
  const second = await DirectoryLock.take(directory);
  expect(second).toBeDefined();
  second?.release();
});

test('a link to the state directory leads to the same lock', async () => {
  const link = `${directory}.link`;
  await symlink(directory, link);
  const lock = await DirectoryLock.take(directory);
  expect(await DirectoryLock.take(link)).toBeUndefined();
  lock?.release();
  await rm(link);
});

test('a directory that is not there is not locked', async () => {
  expect(await isLocked(join(directory, 'missing'))).toBe(false);
});

describe('a name that another user has taken', () => {
  /** Perl, because it can set its user before it binds; only root can. */
  const squat = `use Socket; use POSIX;
    if ($ARGV[2] ne "") { POSIX::setgid($ARGV[2]); POSIX::setuid($ARGV[2]); }
    socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un("\\0" . $ARGV[0])) or die $!;
    listen($s, $ARGV[1]) if $ARGV[1] ne ""; $| = 1; print "bound"; sleep 600;`;
  let squatter: ChildProcess | undefined;

  afterEach(() => {
    squatter?.kill('SIGKILL');
  });

  async function taken(backlog: string, uid: string): Promise<void> {
    const { dev, ino } = await stat(directory);
    const args = ['-e', squat, `slipway/${dev}/${ino}`, backlog, uid];
    squatter = spawn('perl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(squatter.stdout ?? squatter, 'data');
  }

  test('is no region: the error names process and user', async () => {
    const asRoot = process.getuid?.() === 0;
    await taken('8', asRoot ? '65534' : '');
    const holder = await holderOf(`slipway/${(await stat(directory)).dev}/${(await stat(directory)).ino}`);
    expect(holder).toEqual({ pid: squatter?.pid, uid: asRoot ? 65534 : process.getuid?.() });
    expect(await describeHolder({ pid: squatter?.pid ?? 0, uid: 65534 })).toMatch(
      /^process \d+ \(perl .*\) of user nobody$/,
    );
    // A user who is not root cannot act for another one: the holder is then his own, which counts as a region.
    if (asRoot) await expect(isLocked(directory)).rejects.toThrow(/SLIP-LOCAL-LOCK-TAKEN: .* of user nobody/);
    else expect(await isLocked(directory)).toBe(true);
  });

  test('without listening on it is no region either', async () => {
    await taken('', '');
    await expect(DirectoryLock.take(directory)).rejects.toThrow('SLIP-LOCAL-LOCK-TAKEN');
  });

  test('and accepts no connection is no region either', async () => {
    await taken('0', '');
    const name = `\0slipway/${(await stat(directory)).dev}/${(await stat(directory)).ino}`;
    // The one connection that waits to be accepted.
    const waiting = connect(name);
    await once(waiting, 'connect');
    await expect(DirectoryLock.take(directory)).rejects.toThrow('SLIP-LOCAL-LOCK-TAKEN');
    waiting.destroy();
  });
});
