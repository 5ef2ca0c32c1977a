import { expect, test } from '@jest/globals';
import { driftOfLive, settingsDrift } from './settings-drift.ts';

const container = (image: string) => ({ name: 'sidecar', properties: { image, isMain: false } });
const RELEASED = { settings: { A: '1', B: '2' }, siteContainers: [container('one')] } as never;

test('what is as the release wrote it has not drifted, whatever the platform shows more of a container', () => {
  const found = { settings: { B: '2', A: '1' }, siteContainers: [{ ...container('one'), id: 'x' }] } as never;
  expect(settingsDrift(found, RELEASED)).toEqual([]);
});

test('a setting and a container that were added, removed or changed by hand are named, without values', () => {
  const found = {
    settings: { A: 'secret', C: 'secret' },
    siteContainers: [container('two'), { name: 'other', properties: {} }],
  } as never;
  expect(settingsDrift(found, RELEASED)).toEqual([
    'app setting A: changed since the release',
    'app setting B: removed since the release',
    'app setting C: added since the release',
    'site container sidecar: changed since the release',
    'site container other: added since the release',
  ]);
  expect(settingsDrift({ settings: {}, siteContainers: [] } as never, RELEASED)).toContain(
    'site container sidecar: removed since the release',
  );
});

test('runtime stack, startup command and mounts are looked at where the release wrote them', () => {
  const mount = { type: 'AzureBlob', mountPath: '/mounts/media' };
  const released = {
    ...(RELEASED as object),
    stack: 'PHP|8.4',
    startupCommand: 'run',
    mounts: { media: mount },
  } as never;
  const same = { ...(RELEASED as object), stack: 'PHP|8.4', startupCommand: 'run', mounts: { media: mount } } as never;
  const other = { ...(RELEASED as object), stack: 'PHP|8.3', startupCommand: 'walk', mounts: {} } as never;
  expect(settingsDrift(same, released)).toEqual([]);
  expect(settingsDrift(other, released)).toEqual([
    'runtime stack: changed since the release',
    'startup command: changed since the release',
    'mounts: changed since the release',
  ]);
  expect(settingsDrift(other, RELEASED)).toEqual([]);
});

test('what production runs has drifted only from its own release', () => {
  const entry = (version: string, outcome: string) => ({ ...(RELEASED as object), version, outcome }) as never;
  const history = [entry('v1', 'live'), entry('v2', 'refused')];
  const found = { settings: { A: '1', B: '3' }, siteContainers: [container('one')] } as never;
  expect(driftOfLive(history, 'v1', found)).toEqual(['app setting B: changed since the release']);
  expect(driftOfLive(history, 'v1', RELEASED)).toEqual([]);
  expect(driftOfLive(history, 'v2', found)).toBeNull();
  expect(driftOfLive(history, undefined, found)).toBeNull();
  expect(driftOfLive(history, 'v1', undefined)).toBeNull();
  expect(driftOfLive([], 'v1', found)).toBeNull();
});
