import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, open, readFile, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { avif, bmp, mp4, pdf, zip } from '../testbed/documents.ts';
import { png, sha256, ulidName, writeAtomically } from '../testbed/files.ts';
import type { SidecarProcess } from '../testbed/sidecar-process.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';
import * as defaults from './defaults.ts';

jest.setTimeout(120_000);

/** Writers that do not write as the application does, and things that are no files. */
describe('with foreign writers the sidecar', () => {
  let bed: Testbed;
  let sidecar: SidecarProcess;

  beforeAll(async () => {
    bed = await Testbed.start();
    sidecar = await bed.sidecar();
  });
  afterAll(() => bed?.stop());

  /** Sidecars of one test: each that stays alive goes on scanning. */
  const others: SidecarProcess[] = [];
  const another = async (media: string, env: Readonly<Record<string, string>> = {}): Promise<SidecarProcess> => {
    const other = await bed.sidecar({ media, env });
    others.push(other);
    return other;
  };
  afterEach(() => Promise.all(others.splice(0).map((other) => other.down('SIGKILL'))));

  const blob = (name: string) => bed.azurite.container().getBlobClient(name);
  const isSynced = (name: string) => () => existsSync(join(sidecar.synced, name));
  const inOutbox = (name: string): string => join(sidecar.outbox, name);

  test('carries what has an end whole and never in part, however its writer pauses', async () => {
    const pause = defaults.SETTLE_MS + 1_500;
    const files = new Map([
      ['photo.png', png(40_000)],
      ['report.pdf', pdf({ bytes: 40_000 })],
      ['archive.zip', zip([randomBytes(40_000)])],
      ['film.mp4', mp4()],
      ['picture.bmp', bmp()],
      ['no-extension', mp4({ indexFirst: true })],
    ]);
    const handles = await Promise.all([...files.keys()].map((name) => open(inOutbox(name), 'w')));
    for (const part of [0, 1, 2]) {
      for (const [at, bytes] of [...files.values()].entries()) {
        const third = Math.ceil(bytes.length / 3);
        await handles[at]?.write(bytes.subarray(part * third, (part + 1) * third));
      }
      if (part < 2) await sleep(pause);
      if (part < 2) for (const name of files.keys()) expect([name, await blob(name).exists()]).toEqual([name, false]);
    }
    for (const handle of handles) await handle.close();
    for (const [name, bytes] of files) {
      await until(`${name} is synced`, isSynced(name));
      expect([name, sha256(await blob(name).downloadToBuffer())]).toEqual([name, sha256(bytes)]);
    }
    expect(sidecar.output).not.toContain('carried as it is');
  });

  test('replaces the blob when a writer that paused goes on, and before a swap at once', async () => {
    const [paused, edited, drained] = ['paused.csv', 'edited.csv', 'drained.csv'];
    const [writer, swapped] = [await open(inOutbox(paused), 'w'), await open(inOutbox(drained), 'w')];
    for (const handle of [writer, swapped]) await handle.write('first,');
    const editor = await open(inOutbox(edited), 'w');
    await editor.write('old');
    const { atime, mtime } = await editor.stat();
    for (const name of [paused, edited, drained]) await until(`${name} is synced`, isSynced(name));
    await swapped.write('second');
    expect((await sidecar.drain(60)).status).toBe(200);
    expect((await blob(drained).downloadToBuffer()).toString()).toBe('first,second');
    await writer.write('second');
    await editor.write('new', 0);
    await editor.utimes(atime, mtime);
    for (const handle of [writer, swapped, editor]) await handle.close();
    for (const [name, contents] of [
      [paused, 'first,second'],
      [edited, 'new'],
    ] as const) {
      await until(`the blob of ${name} is replaced`, async () => {
        return (await blob(name).downloadToBuffer()).toString() === contents;
      });
    }
    const { media, counts } = await sidecar.status();
    // A look between two acts of a writer replaces a blob once more.
    expect(counts.replaced).toBeGreaterThanOrEqual(3);
    expect(media.conflicts).toEqual([]);
  });

  test('looks again at what another instance carried before it was killed', async () => {
    const first = await another('media-killed');
    const writer = await open(join(first.outbox, 'killed.csv'), 'w');
    await writer.write('first,');
    await until('it is synced', () => existsSync(join(first.synced, 'killed.csv')));
    await first.down('SIGKILL');
    await writer.write('second');
    await writer.close();
    await another('media-killed');
    await until('the blob is replaced', async () => {
      return (await blob('killed.csv').downloadToBuffer()).toString() === 'first,second';
    });
  });

  test('carries a finished but unusual file as it is after a while, with a warning, and no release waits for it', async () => {
    const other = await another('media-unusual', { MEDIA_AS_IS_S: '3' });
    const image = png(5_000);
    const files = new Map<string, Buffer>([
      ['heic.jpg', avif()],
      ['cut.png', image.subarray(0, 3_000)],
      ['text.png', Buffer.from('no image at all')],
      ['half.pdf', pdf().subarray(0, 3_000)],
      ['empty.jpg', Buffer.alloc(0)],
      [ulidName(), Buffer.alloc(0)],
    ]);
    for (const [name, bytes] of files) await writeFile(join(other.outbox, name), bytes);
    expect(await (await other.drain(100)).json()).toEqual({ drained: true, leftCount: 0, left: [] });
    for (const [name, bytes] of files) {
      expect([name, (await blob(name).downloadToBuffer()).equals(bytes)]).toEqual([name, true]);
      expect(existsSync(join(other.synced, name))).toBe(true);
    }
    const { warnings, media } = await other.status();
    expect(warnings.filter((text) => text.includes('carried as it is'))).toHaveLength(files.size);
    expect([media.stuckCount, media.pending]).toEqual([0, 0]);
  });

  test('takes a name that was a file and is a folder, and the reverse, for durable', async () => {
    const other = await another('media-album');
    await writeFile(join(other.outbox, 'album'), 'a file');
    await mkdir(join(other.outbox, 'list'));
    await writeFile(join(other.outbox, 'list/one.txt'), 'in a folder');
    expect((await other.drain(60)).status).toBe(200);
    await rmdir(join(other.outbox, 'list'));
    await mkdir(join(other.outbox, 'album'));
    await writeFile(join(other.outbox, 'album/track.txt'), 'a track');
    await writeFile(join(other.outbox, 'list'), 'a file now');
    expect((await other.drain(60)).status).toBe(200);
    const { media, warnings } = await other.status();
    expect([media.pending, media.stuckCount, media.conflictCount]).toEqual([0, 0, 0]);
    expect(warnings).toHaveLength(2);
    for (const [name, contents] of [
      ['album', 'a file'],
      ['album/track.txt', 'a track'],
      ['list/one.txt', 'in a folder'],
      ['list', 'a file now'],
    ] as const) {
      expect([name, (await blob(name).downloadToBuffer()).toString()]).toEqual([name, contents]);
    }
  });

  test('sets a file aside that it cannot carry, so that a release goes on', async () => {
    const other = await another('media-aside');
    const [locked, odd] = ['locked file.txt', 'question?.txt'];
    await writeFile(join(other.outbox, locked), 'locked', { mode: 0 });
    await writeFile(join(other.outbox, odd), 'odd');
    expect((await other.drain(3)).status).toBe(504);
    const answer = await other.setAside(locked);
    expect([answer.status, await answer.json()]).toEqual([200, { name: locked, result: 'set aside', movedTo: locked }]);
    expect((await other.setAside(odd)).status).toBe(200);
    expect((await other.setAside(odd)).status).toBe(404);
    expect((await other.setAside('../x')).status).toBe(400);
    expect((await other.drain(60)).status).toBe(200);
    expect((await other.status()).media.stuckCount).toBe(0);
    expect(await readFile(join(other.mediaRoot, 'set-aside', odd), 'utf8')).toBe('odd');
  });

  test('never follows or takes what is no regular file, says why, and deletes nothing', async () => {
    const secret = join(bed.folder, 'secret.txt');
    await writeFile(secret, 'do not carry');
    await mkdir(join(bed.folder, 'elsewhere'), { recursive: true });
    await writeFile(join(bed.folder, 'elsewhere', ulidName('txt', 0)), 'do not carry this either');
    await symlink(secret, inOutbox('link.txt'));
    await link(secret, inOutbox('hard-link.txt'));
    await symlink(secret, inOutbox(ulidName('txt', 1)));
    await symlink(join(bed.folder, 'elsewhere'), inOutbox('folder-link'));
    execFileSync('mkfifo', [inOutbox('fifo.png')]);
    await writeFile(inOutbox('.hidden'), 'x');
    await writeFile(inOutbox('.tmp-fresh'), 'x');
    await writeFile(inOutbox('question?.txt'), 'x');
    await writeFile(inOutbox('trailing dot.'), 'x');
    await writeFile(inOutbox('trailing space '), 'x');
    await writeFile(inOutbox('new\nline'), 'x');
    await writeFile(inOutbox('back\\slash'), 'x');
    await writeFile(Buffer.concat([Buffer.from(`${sidecar.outbox}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'x');
    const name = ulidName();
    await writeAtomically(sidecar.outbox, name, png());
    expect((await sidecar.carryOnceAvailable(name)).status).toBe(200);
    const status = await until('the count is fresh', async () => {
      const { media } = await sidecar.status();
      return media.stuckCount >= 12 && media;
    });
    const reasons = Object.fromEntries(status.stuck.map(({ name, reason }) => [name, reason]));
    expect(reasons['link.txt']).toMatch(/symbolic link/);
    expect(reasons['hard-link.txt']).toMatch(/hard link/);
    expect(reasons['folder-link']).toMatch(/symbolic link/);
    expect(reasons['fifo.png']).toMatch(/not a regular file/);
    expect(reasons['.hidden']).toMatch(/dot file/);
    expect(reasons['.tmp-fresh']).toBeUndefined();
    expect(reasons['question?.txt']).toMatch(/SMB/);
    expect(reasons['trailing dot.']).toMatch(/SMB/);
    expect(reasons['trailing space ']).toMatch(/SMB/);
    expect(reasons['new\nline']).toMatch(/control character/);
    expect(reasons['back\\slash']).toMatch(/SMB/);
    expect(reasons['f\u00ff\u00fe']).toMatch(/UTF-8/);
    // A name below the linked folder, asked for by name.
    const target = execFileSync('ls', [join(bed.folder, 'elsewhere')], { encoding: 'utf8' }).trim();
    expect((await sidecar.carry(`folder-link/${target}`)).status).toBe(404);
    for await (const { name } of bed.azurite.container().listBlobsFlat()) {
      expect((await blob(name).downloadToBuffer()).toString('latin1')).not.toMatch(/do not carry/);
    }
    // None of these is ever carried, so none of them is waited for.
    expect((await sidecar.drain(60)).status).toBe(200);
    expect(await readFile(secret, 'utf8')).toBe('do not carry');
  });

  test('names what is left when a drain fails, and drains once that is removed', async () => {
    const fresh = await another('media-drain', { MEDIA_SCAN_MS: '20' });
    await writeFile(join(fresh.outbox, 'broken.png'), 'x');
    const response = await fresh.drain(1);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ drained: false, leftCount: 1, left: [{ name: 'broken.png' }] });
    await unlink(join(fresh.outbox, 'broken.png'));
    expect((await fresh.drain(60)).status).toBe(200);
  });

  test('lets only so many wait for a drain, forgets who has gone, and answers the others when it stops', async () => {
    const other = await another('media-drains');
    await writeFile(join(other.outbox, 'broken.png'), 'x');
    const gone = new AbortController();
    const url = `${other.url}/drain?timeout=999999999`;
    // One that finds the question below in its place asks again.
    const wait = async (init: RequestInit): Promise<number> => {
      const { status } = await fetch(url, { method: 'POST', ...init });
      return status === 429 ? wait(init) : status;
    };
    const waiting = Array.from({ length: defaults.DRAINS_LIMIT }, (_, at) =>
      wait(at === 0 ? { signal: gone.signal } : {}).catch(() => 0),
    );
    const turnedAway = await until('there is no room', async () => {
      const response = await other.drain(0);
      return response.status === 429 && response;
    });
    expect(turnedAway.headers.get('retry-after')).toBe('1');
    gone.abort();
    await until('there is room again', async () => (await other.drain(0)).status === 504);
    expect(await other.down('SIGTERM')).toBe(0);
    expect(await Promise.all(waiting)).toEqual([0, ...Array(defaults.DRAINS_LIMIT - 1).fill(504)]);
  });

  test('goes on past a file and a folder that it may not read, and takes them when it may', async () => {
    const other = await another('media-locked');
    const [locked, open] = [ulidName('txt'), ulidName()];
    await mkdir(join(other.outbox, 'closed'), { mode: 0 });
    await writeFile(join(other.outbox, locked), 'locked', { mode: 0 });
    await writeAtomically(other.outbox, open, png());
    expect((await other.carryOnceAvailable(open)).status).toBe(200);
    const left = await until('both were tried', async () => {
      const found = (await (await other.drain(1)).json()) as { left: { name: string; reason: string }[] };
      return found.left.length === 2 && found.left.every(({ reason }) => reason.includes('EACCES')) && found;
    });
    expect(left.left).toEqual(
      expect.arrayContaining([
        { name: locked, reason: 'cannot be read: EACCES' },
        // What is in it may not be durable.
        { name: 'closed/', reason: 'a folder that cannot be read: EACCES' },
      ]),
    );
    const { media } = await other.status();
    expect(media.stuck).toEqual([
      expect.objectContaining({ name: 'closed/', reason: expect.stringContaining('cannot be read') }),
    ]);
    await chmod(join(other.outbox, 'closed'), 0o777);
    await chmod(join(other.outbox, locked), 0o644);
    await until('it is synced', () => existsSync(join(other.synced, locked)));
  });

  test('refuses names that lead out of the outbox, however they are encoded', async () => {
    for (const name of [
      '..',
      '../x',
      'a/../b',
      './x',
      'a//b',
      '/etc/passwd',
      '%2e%2e',
      '%2E%2e/x',
      'x/.',
      '',
      'a\u0000b',
      'back\\slash',
    ]) {
      expect([name, (await sidecar.carry(name)).status]).toEqual([name, 400]);
    }
    for (const path of ['..%2f..%2fetc%2fpasswd', '%2e%2e/%2e%2e/x', '%252e%252e', '', '%', '%ff', 'a%00b']) {
      const answer = execFileSync('curl', [
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '--path-as-is',
        `${sidecar.url}/blob/${path}`,
      ]);
      expect([path, answer.toString()]).toEqual([path, '400']);
    }
  });
});
