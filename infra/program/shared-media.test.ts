import { beforeAll, describe, expect, test } from '@jest/globals';
import { evaluate } from '../evaluate/evaluate.ts';
import { inputAt, kindOf, ofKind, textAt } from '../evaluate/inputs.ts';
import type { Evaluation } from '../evaluate/recorded.ts';
import { asWanted } from '../lib/wanted.ts';
import { checkRules } from '../policy/check.ts';

const wantedOf = ({ outputs }: Evaluation) => asWanted(outputs.wanted, (path) => new Error(path));

describe('with a share for media', () => {
  let evaluation: Evaluation;

  beforeAll(async () => {
    const config = { 'sidecar.digest': 'none', 'media.shareGb': '100', 'media.mount': 'false' };
    evaluation = await evaluate({ stage: 'prod', mode: 'update', config });
  });

  test('every rule of the house holds', () => {
    expect(checkRules(evaluation).filter(({ violations }) => violations.length > 0)).toEqual([]);
  });

  test('releases get it as a mount without a key, and the application its path', () => {
    const { mounts, settings } = wantedOf(evaluation);
    expect(mounts).toEqual({
      shared: {
        type: 'AzureFiles',
        protocol: 'Smb',
        accountName: expect.stringMatching(/^st/),
        shareName: 'shared',
        mountPath: '/mounts/shared',
      },
    });
    expect(settings.MEDIA_SHARE).toBe('/mounts/shared');
  });

  test('it is reached from the network alone, by SMB, with the key of its account', () => {
    const [account] = ofKind(evaluation, 'storage:StorageAccount');
    expect([account?.inputs.allowSharedKeyAccess, account?.inputs.publicNetworkAccess]).toEqual([true, 'Disabled']);
    const endpoints = ofKind(evaluation, 'network:PrivateEndpoint').map(({ inputs }) => JSON.stringify(inputs));
    expect(endpoints.filter((text) => text.includes('"groupIds":["file"]'))).toHaveLength(1);
    const zones = ofKind(evaluation, 'privatedns:PrivateZone').map((zone) => textAt(zone, 'privateZoneName'));
    expect(zones).toContain('privatelink.file.core.windows.net');
    const groups = ofKind(evaluation, 'network:NetworkSecurityGroup').map(({ inputs }) => JSON.stringify(inputs));
    expect(groups.filter((text) => text.includes('"445"'))).toHaveLength(1);
  });

  test('it can be brought back when it was deleted, is protected, and says when it is nearly full', () => {
    const [recovery] = ofKind(evaluation, 'storage:FileServiceProperties');
    expect(recovery && inputAt(recovery, 'shareDeleteRetentionPolicy')).toEqual({ enabled: true, days: 30 });
    const [share] = ofKind(evaluation, 'storage:FileShare');
    expect([share?.inputs.shareQuota, share?.protect, share?.retainOnDelete]).toEqual([100, true, true]);
    const alert = evaluation.resources.find(({ name }) => name === 'alert-share-full');
    expect(JSON.stringify(alert?.inputs.criteria)).toContain(`"threshold":${85 * 1024 ** 3}`);
  });
});

describe('snapshots of the share', () => {
  const backups = /^recoveryservices:/;
  const evaluated = (stage: 'dev' | 'prod', days?: string) => {
    const snapshots = days === undefined ? {} : { 'media.shareSnapshotDays': days };
    return evaluate({
      stage,
      mode: 'update',
      config: { 'sidecar.digest': 'none', 'media.shareGb': '100', ...snapshots },
    });
  };
  const bypassOf = (evaluation: Evaluation) => {
    const [account] = ofKind(evaluation, 'storage:StorageAccount');
    return account && inputAt(account, 'networkRuleSet.bypass');
  };

  test('prod has one a day, kept for 30 days, of this share, by a service that Azure trusts', async () => {
    const evaluation = await evaluated('prod');
    const [account] = ofKind(evaluation, 'storage:StorageAccount');
    const [policy] = ofKind(evaluation, 'recoveryservices:ProtectionPolicy');
    const [item] = ofKind(evaluation, 'recoveryservices:ProtectedItem');
    expect(policy && inputAt(policy, 'properties.retentionPolicy.dailySchedule.retentionDuration')).toEqual({
      count: 30,
      durationType: 'Days',
    });
    expect(item?.inputs).toMatchObject({
      protectedItemName: 'shared',
      properties: { sourceResourceId: account?.id, policyId: policy?.id },
    });
    expect([item?.protect, item?.retainOnDelete, bypassOf(evaluation)]).toEqual([true, true, 'AzureServices']);
    const [vault] = ofKind(evaluation, 'recoveryservices:Vault');
    const [rule] = ofKind(evaluation, 'alertsmanagement:AlertProcessingRuleByName');
    expect(rule && inputAt(rule, 'properties.scopes')).toEqual([vault?.id]);
  });

  test('dev has none unless it is told to, and then lets nobody in', async () => {
    const evaluation = await evaluated('dev');
    expect(evaluation.resources.filter((resource) => backups.test(kindOf(resource)))).toEqual([]);
    expect(bypassOf(evaluation)).toBe('None');
    expect(ofKind(await evaluated('dev', '7'), 'recoveryservices:ProtectedItem')).toHaveLength(1);
  });
});

test('without one there is no key, no port and no endpoint for it', async () => {
  const config = { 'sidecar.digest': 'none', 'media.mount': 'false' };
  const evaluation = await evaluate({ stage: 'dev', mode: 'update', config });
  expect(ofKind(evaluation, 'storage:FileShare')).toEqual([]);
  expect(ofKind(evaluation, 'storage:StorageAccount')[0]?.inputs.allowSharedKeyAccess).toBe(false);
  expect(JSON.stringify(evaluation.resources)).not.toContain('"445"');
  expect(wantedOf(evaluation).mounts).toEqual({});
});
