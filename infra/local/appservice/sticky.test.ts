import { expect, test } from '@jest/globals';
import { mountsInPlace, settingsInPlace, webConfigInPlace } from './sticky.ts';

const names = { appSettingNames: ['SLOT_NAME'], connectionStringNames: [], azureStorageConfigNames: ['stays'] };

test.each([
  'alwaysOn',
  'autoSwapSlotName',
  'cors',
  'ftpsState',
  'ipSecurityRestrictions',
  'ipSecurityRestrictionsDefaultAction',
  'keyVaultReferenceIdentity',
  'minTlsCipherSuite',
  'minTlsVersion',
  'numberOfWorkers',
  'publicNetworkAccess',
  'publishingUsername',
  'scmIpSecurityRestrictions',
  'scmIpSecurityRestrictionsDefaultAction',
  'scmIpSecurityRestrictionsUseMain',
  'scmMinTlsVersion',
  'vnetName',
  'vnetPrivatePortsCount',
  'vnetRouteAllEnabled',
])('%s stays with its slot, whatever the content that comes has', (name) => {
  expect(webConfigInPlace({ [name]: 'of the content' }, { [name]: 'of the slot' })).toEqual({ [name]: 'of the slot' });
  expect(webConfigInPlace({ [name]: 'of the content' }, {})).toEqual({});
});

test.each(['linuxFxVersion', 'appCommandLine', 'healthCheckPath'])('%s moves with the content', (name) => {
  expect(webConfigInPlace({ [name]: 'of the content' }, { [name]: 'of the slot' })).toEqual({
    [name]: 'of the content',
  });
});

test('app settings and mounts move, but for those that slotConfigNames names', () => {
  const moving = { SLOT_NAME: 'staging', A: 'new' };
  const staying = { SLOT_NAME: 'production', A: 'old', B: 'old' };
  expect(settingsInPlace(moving, staying, names)).toEqual({ SLOT_NAME: 'production', A: 'new' });
  const mount = (accountName: string) => ({ accountName });
  expect(mountsInPlace({ moves: mount('new') }, { moves: mount('old'), stays: mount('old') }, names)).toEqual({
    moves: mount('new'),
    stays: mount('old'),
  });
});
