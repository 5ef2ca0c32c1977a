import { expect, test } from '@jest/globals';
import type { Mount } from './mount.ts';
import { Mounts } from './mounts.ts';

const account = { name: 'st', key: 'right', containers: ['media'] };

function region(reach: () => Promise<void> = async () => undefined) {
  const started: string[] = [];
  const mount = {
    type: 'AzureBlob',
    account: 'st',
    name: 'media',
    directory: '/there',
    reach,
    start: async () => void started.push('media'),
  };
  const mounts = new Mounts([account], [mount as unknown as Mount], (text) => (text === '<key>' ? 'right' : text));
  return { mounts, started };
}

const wanted = { type: 'AzureBlob', accountName: 'st', shareName: 'media', accessKey: 'right' };

test('a container is mounted with the key of its account, or what the program has in its place', async () => {
  const { mounts, started } = region();
  await mounts.attach(wanted);
  await mounts.attach({ ...wanted, accessKey: '<key>' });
  expect(started).toEqual(['media', 'media']);
  expect(mounts.directoryOf(wanted)).toBe('/there');
});

test.each([
  ['another key', { accessKey: 'wrong' }, 'the key does not open the account st'],
  ['no key', { accessKey: '' }, 'the key does not open the account st'],
  ['another account', { accountName: 'other' }, 'there is no container media in other'],
  ['another container', { shareName: 'other' }, 'there is no container other in st'],
  ['a kind of storage that the region has not', { type: 'AzureFiles' }, 'there is no share media in st'],
])('%s mounts nothing', async (_, change, reason) => {
  const { mounts, started } = region();
  await expect(mounts.attach({ ...wanted, ...change })).rejects.toThrow(reason);
  expect(started).toEqual([]);
});

test('a container that does not answer is not mounted', async () => {
  const { mounts, started } = region(async () => {
    throw new Error('away');
  });
  await expect(mounts.attach(wanted)).rejects.toThrow('away');
  expect(started).toEqual([]);
});
