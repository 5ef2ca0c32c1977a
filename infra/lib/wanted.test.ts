import { describe, expect, test } from '@jest/globals';
import { asWanted } from './wanted.ts';

const exported = {
  settings: { A: '1' },
  siteContainers: [{ name: 'sidecar', properties: { image: 'registry/sidecar@sha256:0' } }],
  slotStickyNames: ['SLOT_NAME'],
  stickySettings: { production: { SLOT_NAME: 'production' }, staging: { SLOT_NAME: 'staging' } },
};
const read = (value: unknown) => asWanted(value, (path) => new Error(`incomplete: ${path}`));

test('what the program exports is read as it is', () => {
  expect(read(exported)).toEqual(exported);
});

describe('what is missing or of another type is named by its path', () => {
  test.each([
    ['wanted', []],
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
