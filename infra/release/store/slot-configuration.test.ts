import { describe, expect, test } from '@jest/globals';
import { hasConfiguration } from './slot-configuration.ts';

const variables = [
  { name: 'A', value: 'SETTING_A' },
  { name: 'B', value: 'SETTING_B' },
];
const wanted = {
  settings: { A: '1' },
  siteContainers: [{ name: 'sidecar', properties: { image: 'i@sha256:1', environmentVariables: variables } }],
};

function found(properties: Record<string, unknown>, settings: Record<string, string> = { A: '1' }) {
  return { settings, siteContainers: [{ name: 'sidecar', properties }] };
}

const mount = { type: 'AzureBlob', protocol: 'Http', accountName: 'st', shareName: 's', mountPath: '/m' } as const;

describe('stack, command and mounts', () => {
  const whole = { ...wanted, stack: 'PHP|8.4', startupCommand: 'c', mounts: { media: mount } };

  test('belong to a configuration', () => {
    expect(hasConfiguration({ ...whole, mounts: { media: { ...mount } } }, whole)).toBe(true);
    for (const other of [
      { stack: 'PHP|8.5' },
      { startupCommand: 'd' },
      { mounts: {} },
      { mounts: { media: { ...mount, shareName: 'other' } } },
      { mounts: { media: mount, more: mount } },
    ])
      expect(hasConfiguration({ ...whole, ...other }, whole)).toBe(false);
  });

  test('are not compared with a line of history that does not name them', () => {
    expect(hasConfiguration(whole, wanted)).toBe(true);
  });
});

describe('a slot has a configuration', () => {
  test('when the platform shows more of a container than was written, and in another order', () => {
    const shown = { createdTime: 'now', environmentVariables: variables.toReversed(), image: 'i@sha256:1' };
    expect(hasConfiguration(found(shown), wanted)).toBe(true);
  });

  test.each([
    { what: 'another setting', slot: found(wanted.siteContainers[0]?.properties ?? {}, { A: '1', B: '2' }) },
    { what: 'another image', slot: found({ image: 'i@sha256:2', environmentVariables: variables }) },
    { what: 'fewer variables', slot: found({ image: 'i@sha256:1', environmentVariables: variables.slice(1) }) },
    { what: 'no container', slot: { settings: { A: '1' }, siteContainers: [] } },
  ])('not with $what', ({ slot }) => {
    expect(hasConfiguration(slot, wanted)).toBe(false);
  });
});
