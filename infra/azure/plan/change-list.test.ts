import { describe, expect, test } from '@jest/globals';
import { type Change, changesOf, differenceOf, lineOf, savedChanges } from './change-list.ts';

const urn = (type: string, name: string) =>
  `urn:pulumi:prod::slipway::slipway:program:Web$azure-native:${type}::${name}`;
const DIGEST = {
  steps: [
    { op: 'same', urn: urn('web:AppServicePlan', 'plan') },
    {
      op: 'update',
      urn: urn('web:WebApp', 'app'),
      diffReasons: ['tags'],
      detailedDiff: { 'siteConfig.minTlsVersion': { kind: 'update' }, tags: { kind: 'update' } },
    },
    { op: 'create', urn: urn('storage:BlobContainer', 'media'), newState: { inputs: { password: '[secret]' } } },
  ],
};
const CHANGES: Change[] = [
  { operation: 'create', urn: urn('storage:BlobContainer', 'media'), paths: [] },
  { operation: 'update', urn: urn('web:WebApp', 'app'), paths: ['siteConfig.minTlsVersion', 'tags'] },
];

test('a preview is its changes, with operation and changed paths, in one order', () => {
  expect(changesOf(DIGEST)).toEqual(CHANGES);
  expect(CHANGES.map(lineOf)).toEqual([
    'create storage:BlobContainer media',
    'update web:WebApp app: siteConfig.minTlsVersion, tags',
  ]);
});

test('what is no preview has no changes, rather than none', () => {
  expect([changesOf({}), changesOf(undefined), savedChanges('[]'), savedChanges('{')]).toEqual(
    Array(4).fill(undefined),
  );
  expect(savedChanges(JSON.stringify({ changes: CHANGES }))).toEqual(CHANGES);
});

describe('a list differs from the approved one', () => {
  const [media, app] = CHANGES as [Change, Change];
  test.each<[string, Change[], number, number]>([
    ['by a resource more', [media, app, { ...media, urn: urn('storage:BlobContainer', 'other') }], 0, 1],
    ['by a resource less', [media], 1, 0],
    ['by an operation', [{ ...media, operation: 'replace' }, app], 1, 1],
    ['by a changed path', [media, { ...app, paths: ['siteConfig.minTlsVersion'] }], 1, 1],
  ])('%s', (_, found, gone, added) => {
    const difference = differenceOf(CHANGES, found);
    expect([difference.gone.length, difference.added.length]).toEqual([gone, added]);
  });

  test('and not by the order', () => {
    expect(differenceOf(CHANGES, CHANGES.toReversed())).toEqual({ gone: [], added: [] });
  });
});
