import { describe, expect, test } from '@jest/globals';
import { firstKey, shownMounts } from './storage-mounts.ts';

test('a mount is shown as it is wanted, without its key and what the platform adds', () => {
  const members = { accountName: 'st', shareName: 'media', mountPath: '/mounts/media' };
  const shown = { ...members, type: 'AzureBlob', accessKey: 'secret', state: 'Ok', protocol: null };
  expect(shownMounts({ media: shown, files: { ...members, type: 'AzureFiles' } })).toEqual({
    media: { ...members, type: 'AzureBlob', protocol: 'Http' },
    files: { ...members, type: 'AzureFiles', protocol: 'Smb' },
  });
});

describe('the key of an account', () => {
  test('is the first one', () => {
    expect(firstKey('st', { status: 200, text: '{"keys":[{"value":"one"},{"value":"two"}]}' })).toBe('one');
  });

  test('that may not be read says which role reads it', () => {
    expect(() => firstKey('st', { status: 403, text: '' })).toThrow(
      expect.objectContaining({
        code: 'SLIP-RELEASE-ARM',
        detail: expect.objectContaining({ fix: expect.stringContaining('Storage Account Key Operator') }),
      }),
    );
  });

  test.each([
    { status: 429, text: 'later' },
    { status: 200, text: '{}' },
  ])('$status $text is a failure of the call', (answer) => {
    expect(() => firstKey('st', answer)).toThrow(expect.objectContaining({ statusCode: answer.status }));
  });
});
