import { chmod, mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { removeDisk } from './remove-disk.ts';

test('a disk with read-only directories is removed, and one that is not there is no error', async () => {
  const disk = await mkdtemp(join(tmpdir(), 'slipway-disk-'));
  await mkdir(join(disk, 'app/src'), { recursive: true });
  await writeFile(join(disk, 'app/src/file.php'), '', { mode: 0o444 });
  await chmod(join(disk, 'app/src'), 0o555);
  await chmod(join(disk, 'app'), 0o555);
  await removeDisk(disk);
  await expect(stat(disk)).rejects.toMatchObject({ code: 'ENOENT' });
  await removeDisk(disk);
});
