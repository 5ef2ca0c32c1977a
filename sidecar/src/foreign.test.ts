import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, open, readFile, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
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

  const blob = (name: string) => bed.azurite.container().getBlobClient(name);
  const isSynced = (name: string) => () => existsSync(join(sidecar.synced, name));
  const inOutbox = (name: string): string => join(sidecar.outbox, name);

  test('never carries what is not all there, and carries it whole once it is', async () => {
    const [appended, truncated, empty, misnamed, rewritten] = [
      'appended.png',
      'cut.png',
      'empty.jpg',
      'text.png',
      'rewritten.txt',
    ];
    const whole = png(40_000);
    await writeFile(inOutbox(truncated), whole.subarray(0, 30_000));
    await writeFile(inOutbox(empty), '');
    await writeFile(inOutbox(misnamed), 'no image at all');
    await writeFile(inOutbox(rewritten), 'first version');
    const file = await open(inOutbox(appended), 'w');
    for (let at = 0; at < 40_000; at += 5_000) {
      await file.write(whole.subarray(at, at + 5_000));
      await sleep(at === 20_000 ? 2_600 : 150);
      if (at === 30_000) await writeFile(inOutbox(rewritten), 'second version');
    }
    await file.close();
    await until('the appended image is synced', isSynced(appended));
    await until('the rewritten file is synced', isSynced(rewritten));
    expect(sha256(await blob(appended).downloadToBuffer())).toBe(sha256(whole));
    expect((await blob(rewritten).downloadToBuffer()).toString()).toBe(
      await readFile(join(sidecar.synced, rewritten), 'utf8'),
    );
    for (const name of [truncated, empty, misnamed]) {
      expect(existsSync(inOutbox(name))).toBe(true);
      expect(await blob(name).exists()).toBe(false);
    }
    await appendFile(inOutbox(truncated), whole.subarray(30_000));
    await until('the cut image is synced', isSynced(truncated));
    expect(sha256(await blob(truncated).downloadToBuffer())).toBe(sha256(whole));
  });

  test('never follows or takes what is no regular file, says why, and deletes nothing', async () => {
    const secret = join(bed.folder, 'secret.txt');
    await writeFile(secret, 'do not carry');
    await mkdir(join(bed.folder, 'elsewhere'), { recursive: true });
    await writeFile(join(bed.folder, 'elsewhere', ulidName('txt', 0)), 'do not carry this either');
    await symlink(secret, inOutbox('link.txt'));
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
    expect((await sidecar.carry(name)).status).toBe(200);
    const status = await until('the count is fresh', async () => {
      const { media } = await sidecar.status();
      return media.stuckCount >= 11 && media;
    });
    const reasons = Object.fromEntries(status.stuck.map(({ name, reason }) => [name, reason]));
    expect(reasons['link.txt']).toMatch(/symbolic link/);
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
    expect((await sidecar.drain(1)).status).toBe(504);
    expect(await readFile(secret, 'utf8')).toBe('do not carry');
  });

  test('names what is left when a drain fails, and drains once that is removed', async () => {
    const fresh = await bed.sidecar({ media: 'media-drain', env: { MEDIA_SCAN_MS: '20' } });
    await writeFile(join(fresh.outbox, 'broken.png'), 'x');
    const response = await fresh.drain(1);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ drained: false, leftCount: 1, left: [{ name: 'broken.png' }] });
    await unlink(join(fresh.outbox, 'broken.png'));
    expect((await fresh.drain(1)).status).toBe(200);
  });

  test('lets only so many wait for a drain, forgets who has gone, and answers the others when it stops', async () => {
    const other = await bed.sidecar({ media: 'media-drains' });
    await writeFile(join(other.outbox, 'broken.png'), 'x');
    const gone = new AbortController();
    const url = `${other.url}/drain?timeout=999999999`;
    const waiting = Array.from({ length: defaults.DRAINS_LIMIT }, (_, at) =>
      fetch(url, { method: 'POST', ...(at === 0 ? { signal: gone.signal } : {}) }).then(
        ({ status }) => status,
        () => 0,
      ),
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
    const other = await bed.sidecar({ media: 'media-locked' });
    const [locked, open] = [ulidName('txt'), ulidName()];
    await mkdir(join(other.outbox, 'closed'), { mode: 0 });
    await writeFile(join(other.outbox, locked), 'locked', { mode: 0 });
    await writeAtomically(other.outbox, open, png());
    expect((await other.carry(open)).status).toBe(200);
    const left = (await (await other.drain(1)).json()) as { left: { name: string; reason: string }[] };
    expect(left.left).toHaveLength(2);
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
