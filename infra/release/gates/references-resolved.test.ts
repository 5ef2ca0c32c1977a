import { expect, test } from '@jest/globals';
import type { AppService, SettingReference } from '../appservice/app-service.ts';
import { referencesResolved } from './references-resolved.ts';

const of = (status: string, details?: string): SettingReference[] => [{ setting: 'DB_PASSWORD', status, details }];

/** A site whose references have these states, one answer after the other; nothing resolves before Azure is asked to. */
function check(answers: readonly SettingReference[][], limitMs: number) {
  let refreshed = false;
  let asked = 0;
  const appService = {
    refreshReferences: async () => {
      refreshed = true;
    },
    references: async () => (refreshed ? answers[Math.min(asked++, answers.length - 1)] : of('Initialized')),
  };
  return referencesResolved.check({ appService: appService as unknown as AppService, limitMs, pollMs: 1 });
}

test('a reference that is resolved a moment after Azure was asked to refresh it passes', async () => {
  expect(await check([of('Initialized'), of('Resolved')], 60_000)).toBeUndefined();
});

test('a reference that stays unresolved is refused with Azure’s own status', async () => {
  await expect(check([of('AccessToKeyVaultDenied', 'no role')], 0)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-REFERENCE',
    detail: { found: 'the setting DB_PASSWORD is not resolved: AccessToKeyVaultDenied, no role' },
  });
});

test('a site without references passes', async () => {
  expect(await check([[]], 0)).toBeUndefined();
});
