import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { Mounts } from './mounts.ts';
import { Share } from './share.ts';

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-share-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

function shareOf(name: string, onLost?: () => void): Share {
  const directory = join(scratch, 'st', name);
  return new Share({ account: 'st', name, directory, probeMs: 1, ...(onLost === undefined ? {} : { onLost }) });
}

test('every container that mounts a share has the same directory', async () => {
  const share = shareOf('shared');
  await share.create();
  const mounts = new Mounts([{ name: 'st', key: 'right', containers: [] }], [share]);
  const mount = { type: 'AzureFiles', accountName: 'st', shareName: 'shared', accessKey: 'right' };
  await mounts.attach(mount);
  expect(mounts.directoryOf(mount)).toBe(share.directory);
  await expect(mounts.attach({ ...mount, accessKey: 'wrong' })).rejects.toThrow('the key does not open the account st');
  await expect(mounts.attach({ ...mount, type: 'AzureBlob' })).rejects.toThrow('there is no container shared');
  await share.stop();
});

test('a share that is away is not mounted, nor made anew, and has its files when it is back', async () => {
  const share = shareOf('away');
  await share.create();
  await writeFile(join(share.directory, 'kept'), 'kept');
  await rename(share.directory, `${share.directory}.elsewhere`);
  await share.create();
  await expect(share.reach()).rejects.toThrow('ENOENT');
  await rename(`${share.directory}.elsewhere`, share.directory);
  await share.reach();
});

test('a share that stays away is told, so that the app is started anew', async () => {
  let lost = 0;
  const share = shareOf('lost', () => {
    lost += 1;
  });
  await share.create();
  await share.start();
  await rm(share.directory, { recursive: true });
  await eventually('it is told', () => lost > 1);
  await share.stop();
});
