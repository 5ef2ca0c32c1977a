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
