import { describe, expect, test } from '@jest/globals';
import { asWanted } from './wanted.ts';

const mount = {
  type: 'AzureBlob',
  protocol: 'Http',
  accountName: 'st',
  shareName: 'media',
  mountPath: '/mounts/media',
};
const exported = {
  stack: 'PHP|8.4',
  command: 'bash start.sh',
  mounts: { media: mount },
  settings: { A: '1' },
  siteContainers: [{ name: 'sidecar', properties: { image: 'registry/sidecar@sha256:0' } }],
  slotStickyNames: ['SLOT_NAME'],
  stickySettings: { production: { SLOT_NAME: 'production' }, staging: { SLOT_NAME: 'staging' } },
};
const read = (value: unknown) => asWanted(value, (path) => new Error(`incomplete: ${path}`));

test('what the program exports is read as it is', () => {
  expect(read(exported)).toEqual(exported);
});

test('a key that came with a mount goes no further', () => {
  const withKey = { ...exported, mounts: { media: { ...mount, accessKey: 'secret' } } };
  expect(read(withKey)).toEqual(exported);
});

test('a version may have no mounts', () => {
  expect(read({ ...exported, mounts: {} }).mounts).toEqual({});
});

describe('what is missing or of another type is named by its path', () => {
  test.each([
    ['wanted', []],
    ['wanted.stack', { ...exported, stack: undefined }],
    ['wanted.command', { ...exported, command: '' }],
    ['wanted.mounts', { ...exported, mounts: undefined }],
    ['wanted.mounts.media', { ...exported, mounts: { media: { ...mount, mountPath: undefined } } }],
    ['wanted.mounts.media', { ...exported, mounts: { media: { ...mount, protocol: 'Smb' } } }],
    ['wanted.settings', { ...exported, settings: {} }],
    ['wanted.settings', { ...exported, settings: { A: 1 } }],
    ['wanted.siteContainers', { ...exported, siteContainers: {} }],
    ['wanted.siteContainers', { ...exported, siteContainers: [{ properties: {} }] }],
    ['wanted.siteContainers', { ...exported, siteContainers: [{ name: 'sidecar' }] }],
    ['wanted.slotStickyNames', { ...exported, slotStickyNames: [1] }],
    ['wanted.slotStickyNames', { ...exported, slotStickyNames: undefined }],
    ['wanted.stickySettings', { ...exported, stickySettings: null }],
    ['wanted.stickySettings.production', { ...exported, stickySettings: { staging: { SLOT_NAME: 'staging' } } }],
    ['wanted.stickySettings.staging', { ...exported, stickySettings: { production: { SLOT_NAME: 'production' } } }],
  ])('%s', (path, value) => {
    expect(() => read(value)).toThrow(`incomplete: ${path}`);
  });
});
