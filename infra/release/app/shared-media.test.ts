import { expect, test } from '@jest/globals';
import { mountsFor } from './shared-media.ts';

const blob = { type: 'AzureBlob', protocol: 'Http', accountName: 'st', shareName: 'media', mountPath: '/m' } as const;
const share = { type: 'AzureFiles', protocol: 'Smb', accountName: 'st', shareName: 'shared', mountPath: '/s' } as const;
const shared = { media: [{ path: 'storage/media', url: '/media', mode: 'shared' as const }] };

test('a version has the share when it has shared media, and only then', () => {
  expect(mountsFor({ blob, share }, shared)).toEqual({ blob, share });
  expect(mountsFor({ blob, share }, { media: [] })).toEqual({ blob });
});

test('shared media without a share are refused by the directory', () => {
  expect(() => mountsFor({ blob }, shared)).toThrow(expect.objectContaining({ code: 'SLIP-APP-SHARE' }));
  expect(() => mountsFor({ blob }, shared)).toThrow('storage/media');
});
