import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { png, sha256, ulidName, writeAtomically } from '../testbed/files.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';
import { systemCode } from './coded-error.ts';

const CHUNK = Buffer.alloc(4_096);
jest.setTimeout(120_000);

/** A disk of the test's own takes the right to mount one. */
const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0;

describe('on a full disk the sidecar', () => {
  let bed: Testbed;
  let media: string;

  beforeAll(async () => {
    bed = await Testbed.start();
    media = join(bed.folder, 'media-full');
    mkdirSync(media);
    if (mayMount) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=80', 'tmpfs', media]);
  });
  afterAll(async () => {
    if (mayMount) spawnSync('umount', ['--lazy', media]);
    await bed?.stop();
  });

  (mayMount ? test : test.skip)('carries what is there, loses nothing, and tidies up once there is room', async () => {
    const sidecar = await bed.sidecar({ media: 'media-full' });
    await sidecar.down();
    const images = new Map(Array.from({ length: 20 }, () => [ulidName(), png(5_000)] as const));
    for (const [name, bytes] of images) await writeAtomically(sidecar.outbox, name, bytes);
    const [inFolder, conflict] = ['folder/a.txt', ulidName()];
    mkdirSync(join(sidecar.outbox, 'folder'));
    writeFileSync(join(sidecar.outbox, inFolder), 'in a folder');
    await writeAtomically(sidecar.outbox, conflict, png());
    await bed.azurite.container().getBlockBlobClient(conflict).upload('other', 5);
    const ballast = fill(media);

    await sidecar.up();
    for (const name of images.keys()) await until(`${name} is synced`, () => existsSync(join(sidecar.synced, name)));
    const blobs = await until('all of it is in Blob', async () => {
      const found = await bed.azurite.manifest();
      return found.size === images.size + 2 && found;
    });
    for (const [name, bytes] of images) expect([name, blobs.get(name)]).toEqual([name, sha256(bytes)]);
    // There is no room for the folders to which these two would go.
    const left = await until('both were tried', async () => {
      const found = (await (await sidecar.drain(1)).json()) as { left: { name: string; reason: string }[] };
      return found.left.length > 0 && found.left.every(({ reason }) => reason.includes('ENOSPC')) && found;
    });
    expect(left.left.map(({ name }) => name).sort()).toEqual([conflict]);
    expect(readFileSync(join(sidecar.outbox, inFolder), 'utf8')).toBe('in a folder');

    for (const path of ballast) rmSync(path);
    await sidecar.retry();
    await until('the file in the folder is synced', () => existsSync(join(sidecar.synced, inFolder)));
    await until('the conflict is set aside', () => existsSync(join(sidecar.conflicts, conflict)));
    expect((await sidecar.drain(5)).status).toBe(200);
  });
});

/** Takes all bytes and all inodes; gives the files that it made for that. */
function fill(folder: string): string[] {
  const made: string[] = [];
  while (fits(() => closeSync(openSync(join(folder, `ballast-${made.length}`), 'w')))) {
    made.push(join(folder, `ballast-${made.length}`));
  }
  const file = openSync(made[0] ?? '', 'a');
  while (fits(() => writeSync(file, CHUNK)));
  closeSync(file);
  return made;
}

function fits(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (systemCode(error) !== 'ENOSPC') throw error;
    return false;
  }
}
