import { expect, test } from '@jest/globals';
import type { WantedConfiguration } from '../../lib/wanted.ts';
import type { AppService } from '../appservice/app-service.ts';
import { stickySettings } from './sticky-settings.ts';

const stickyValues = { production: { SLOT_NAME: 'production' }, staging: { SLOT_NAME: 'staging' } };
const wanted = { slotStickyNames: ['SLOT_NAME'], stickySettings: stickyValues } as unknown as WantedConfiguration;

function check(names: readonly string[], settings: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const appService = { stickyNames: async () => names, settings: async (slot: string) => settings[slot] ?? {} };
  return stickySettings.check({ appService: appService as unknown as AppService, wanted });
}

test('sticky names and values of both slots that are the program’s pass', async () => {
  expect(await check(['SLOT_NAME'], stickyValues)).toBeUndefined();
});

test.each([
  { what: 'one more sticky name', names: ['SLOT_NAME', 'EXTRA'], settings: stickyValues, found: /EXTRA, SLOT_NAME/ },
  { what: 'no sticky name', names: [], settings: stickyValues, found: /are: none/ },
  {
    what: 'another value in production',
    names: ['SLOT_NAME'],
    settings: { ...stickyValues, production: { SLOT_NAME: 'staging' } },
    found: /SLOT_NAME of the production slot is "staging"/,
  },
  {
    what: 'no value in staging',
    names: ['SLOT_NAME'],
    settings: { ...stickyValues, staging: {} },
    found: /SLOT_NAME of the staging slot is undefined/,
  },
])('a site with $what is refused', async ({ names, settings, found }) => {
  await expect(check(names, settings)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-STICKY',
    detail: { found: expect.stringMatching(found) },
  });
});
