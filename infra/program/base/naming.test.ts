import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { STAGES } from '../config/key.ts';
import { type NameParts, namesFor, stableGuid } from './naming.ts';

/** Every system that config lets through. */
const parts: fc.Arbitrary<NameParts> = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{1,11}$/),
  stage: fc.constantFrom(...STAGES),
  generation: fc.integer({ min: 1, max: 99 }),
  subscriptionId: fc.uuid(),
});

/** The strictest rules: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
test.each([
  ['storage account', (p: NameParts) => namesFor(p).compact('st', 24), /^[a-z0-9]{3,24}$/],
  ['key vault', (p: NameParts) => namesFor(p).global('kv', 24), /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/],
  ['registry', (p: NameParts) => namesFor(p).compact('acr', 50), /^[a-z0-9]{5,50}$/],
  ['MySQL server', (p: NameParts) => namesFor(p).global('mysql', 63), /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/],
  ['Managed Redis', (p: NameParts) => namesFor(p).global('redis', 60), /^(?!.*--)[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/],
  ['web app', (p: NameParts) => namesFor(p).global('app', 60), /^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/],
  ['Front Door endpoint', (p: NameParts) => namesFor(p).global('staging', 46), /^[a-z0-9][a-z0-9-]{0,44}[a-z0-9]$/],
  ['Front Door WAF policy', (p: NameParts) => namesFor(p).compact('waf', 128), /^[a-z][a-z0-9]{0,127}$/],
  ['workspace', (p: NameParts) => namesFor(p).scoped('log'), /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/],
  ['private endpoint', (p: NameParts) => namesFor(p).scoped('pe-redis'), /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/],
])('the name of a %s is always allowed', (_, nameOf, allowed) => {
  fc.assert(fc.property(parts, (p) => allowed.test(nameOf(p))));
});

test('the same system gets the same names at every run', () => {
  fc.assert(
    fc.property(parts, (p) => {
      expect(namesFor({ ...p }).compact('st', 24)).toBe(namesFor(p).compact('st', 24));
    }),
  );
});

test.each<[string, (p: NameParts) => NameParts]>([
  ['subscription', (p) => ({ ...p, subscriptionId: `${p.subscriptionId}x` })],
  ['name', (p) => ({ ...p, name: `${p.name}x` })],
  ['stage', (p) => ({ ...p, stage: p.stage === 'prod' ? 'dev' : 'prod' })],
  ['generation', (p) => ({ ...p, generation: p.generation + 1 })],
])('another %s gets another name wherever it must be unique', (_, other) => {
  fc.assert(fc.property(parts, (p) => namesFor(p).compact('st', 24) !== namesFor(other(p)).compact('st', 24)));
});

test('what makes a name unique can begin one', () => {
  fc.assert(fc.property(parts, (p) => /^[a-z][a-z0-9]{5}$/.test(namesFor(p).unique)));
});

test('a long system keeps its hash: two that begin alike still differ', () => {
  const common = { stage: 'prod', generation: 1, subscriptionId: 's' } as const;
  const [a, b] = ['abcdefghijka', 'abcdefghijkb'].map((name) => namesFor({ ...common, name }).global('kv', 24));
  expect(a).toHaveLength(24);
  expect(a).not.toBe(b);
});

test('a stable GUID is a GUID, and depends on every part', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(stableGuid(a, b)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(stableGuid(a, b)).toBe(stableGuid(a, b));
      expect(stableGuid(a, b, 'c')).not.toBe(stableGuid(a, b));
    }),
  );
});
