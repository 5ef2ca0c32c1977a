import { describe, expect, test } from '@jest/globals';
import { SlipError } from '../../lib/errors.ts';
import { KEYS } from './config.ts';
import { nearest } from './config-reader.ts';
import { warningsOf } from './cross-check.ts';
import { readConfig } from './read-config.ts';

/** Config of a stage with some keys set, as Pulumi hands it over. */
function read(stage: string, set: Readonly<Record<string, string>> = {}) {
  const values = { stage, ...(stage === 'prod' ? { 'sidecar.digest': 'none' } : {}), ...set };
  return readConfig(Object.fromEntries(Object.entries(values).map(([key, value]) => [`slipway:${key}`, value])));
}

/** What the refusal says; empty when there is none. */
function refusal(stage: string, set: Readonly<Record<string, string>>): string {
  try {
    read(stage, set);
    return '';
  } catch (error) {
    if (!(error instanceof SlipError)) throw error;
    return error.toText();
  }
}

test.each(['shared', 'dev'])('stage %s stands with its defaults alone', (stage) => {
  expect(refusal(stage, {})).toBe('');
});

test('prod needs to be told its sidecar, or that it has none', () => {
  expect(() => readConfig({ 'slipway:stage': 'prod' })).toThrow(
    /one key of stage 'prod'[\s\S]*sidecar\.digest is , its default[\s\S]*slipway image --for prod/,
  );
  expect(refusal('prod', { 'sidecar.digest': 'none' })).toBe('');
  expect(refusal('prod', { 'sidecar.digest': '' })).toContain('sidecar.digest');
  expect(refusal('prod', { 'sidecar.digest': 'latest' })).toContain('sidecar.digest is latest');
});

test("every key's example is allowed by the key itself", () => {
  for (const key of KEYS) expect([key.name, key.parse(key.example)]).not.toEqual([key.name, undefined]);
});

test('every key has one name of its own', () => {
  const names = KEYS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a value that is set takes the place of the default', () => {
  expect(read('prod', { 'plan.sku': 'P2v3' }).plan.sku).toBe('P2v3');
});

test('everything that is wrong is said at once, each with key, value and what is allowed', () => {
  const said = refusal('prod', { 'plan.sku': 'B1', 'media.scanMs': 'fast', 'plan.skuu': 'P1v3' });
  expect(said).toContain('SLIP-CONFIG-INVALID');
  expect(said).toContain('3 keys of stage');
  expect(said).toMatch(/slipway:plan\.sku is B1\n\s+\| allowed: S1, /);
  expect(said).toMatch(/slipway:media\.scanMs is fast\n\s+\| allowed: a whole number from 50 to 60000/);
  expect(said).toMatch(/slipway:plan\.skuu is P1v3\n\s+\| allowed: no such key; did you mean plan\.sku\?/);
});

test('a stack without a stage is refused', () => {
  expect(() => readConfig({})).toThrow(/slipway:stage is not set/);
});

test('keys of other projects are none of our business', () => {
  expect(() => readConfig({ 'slipway:stage': 'dev', 'azure-native:location': 'mars' })).not.toThrow();
});

test('a key of the application has no place in stage shared', () => {
  expect(refusal('shared', { 'plan.sku': 'P1v3' })).toContain('nothing in stage shared: the key is for dev and prod');
});

describe('keys that contradict each other are refused', () => {
  test.each([
    [
      'zones on a Standard plan',
      { 'plan.sku': 'S1' },
      /plan\.zoneRedundant is true, its default\n\s+\| allowed: false with plan\.sku S1/,
    ],
    [
      'zones on one instance',
      { 'plan.instances': '1', 'autoscale.enabled': 'false' },
      /plan\.instances is 1\n\s+\| allowed: 2 or more/,
    ],
    ['zones where there are none', { location: 'westus' }, /plan\.zoneRedundant .*\n\s+\| allowed: false in westus/],
    [
      'a standby on a burstable server',
      { 'mysql.sku': 'Standard_B2s' },
      /mysql\.highAvailability .*\n\s+\| allowed: Disabled with/,
    ],
    [
      'a standby in another zone where there is none',
      { location: 'ukwest' },
      /mysql\.highAvailability .*\n\s+\| allowed: SameZone or/,
    ],
    [
      'backups in a paired region where there is none',
      { location: 'polandcentral' },
      /mysql\.geoBackup .*\n\s+\| allowed: false/,
    ],
    [
      'storage over zones where there are none',
      { location: 'westus' },
      /media\.replication .*\n\s+\| allowed: Standard_LRS/,
    ],
    [
      'a single worker left by autoscale over zones',
      { 'autoscale.min': '1' },
      /autoscale\.min is 1\n\s+\| allowed: 2 or more with plan\.zoneRedundant/,
    ],
    [
      'fewer workers at most than at least',
      { 'autoscale.min': '9' },
      /autoscale\.min is 9\n\s+\| allowed: at most autoscale\.max/,
    ],
    [
      'busy hours below the minimum',
      { 'autoscale.busyMin': '1' },
      /autoscale\.busyMin is 1\n\s+\| allowed: from autoscale\.min/,
    ],
    ['busy hours that end before they begin', { 'autoscale.busyHours': '19:00-07:00' }, /autoscale\.busyHours/],
    [
      'more instances than autoscale allows',
      { 'plan.instances': '20' },
      /plan\.instances is 20\n\s+\| allowed: from autoscale/,
    ],
    [
      'a public range',
      { 'network.cidr': '8.8.8.0/24' },
      /network\.cidr is 8\.8\.8\.0\/24\n\s+\| allowed: inside 10\.0\.0\.0\/8/,
    ],
    [
      'a range that does not begin at its prefix',
      { 'network.cidr': '10.0.0.1/24' },
      /network\.cidr .*\n\s+\| allowed: an IPv4 range/,
    ],
    [
      'a range too narrow for three subnets',
      { 'network.cidr': '10.0.0.0/25' },
      /network\.cidr .*\n\s+\| allowed: a range from \/16/,
    ],
    [
      'a range that a peer has',
      { 'network.cidr': '10.9.0.0/22', 'network.peers': '["10.8.0.0/15"]' },
      /network\.cidr .*\n\s+\| allowed: a range that does not overlap 10\.8\.0\.0\/15/,
    ],
    ['a domain without Front Door', { 'edge.enabled': 'false', 'edge.domain': 'www.example.org' }, /edge\.domain/],
    [
      'a budget that begins in mid-month',
      { 'budget.startDate': '2026-12-02' },
      /budget\.startDate .*\n\s+\| allowed: the first/,
    ],
  ])('%s', (_, set, said) => {
    expect(refusal('prod', set)).toMatch(said);
  });
});

test('what may stay but ought to be known is a warning', () => {
  const quiet = { 'observe.alertEmails': '["a@example.org"]', 'budget.startDate': '2026-12-01' };
  const digest = { 'sidecar.digest': `sha256:${'0'.repeat(64)}` };
  expect(warningsOf(read('prod', { ...quiet, ...digest }))).toEqual([]);
  expect(warningsOf(read('prod', { ...quiet, ...digest, 'cache.kind': 'classic' }))).toEqual([
    expect.stringContaining('2028-09-30'),
  ]);
});

test('tags that some resource of Azure could not have are refused', () => {
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`tag${index}`, 'x']));
  const wrong = [{ 'a/b': 'x' }, { 'team: web': 'x' }, { '1st': 'x' }, { Stage: 'x' }, { a: 'x'.repeat(257) }, many];
  for (const tags of wrong)
    expect(refusal('dev', { tags: JSON.stringify(tags) })).toMatch(/slipway:tags is .*\n\s+\| allowed:/);
  expect(refusal('dev', { tags: '{"cost-centre":"4711","Team.Web_1":""}' })).toBe('');
});

test('a near miss is named, a far one is not', () => {
  expect(nearest('mysql.sku2', ['mysql.sku', 'plan.sku'])).toBe('mysql.sku');
  expect(nearest('something.else', ['mysql.sku', 'plan.sku'])).toBeUndefined();
});

test('more php-fpm children on all workers than MySQL has connections for is warned of, and the defaults are not', () => {
  const warned = (set: Readonly<Record<string, string>>) =>
    warningsOf(read('prod', set)).filter((warning) => warning.includes('connections to MySQL'));
  expect([...warned({}), ...warningsOf(read('dev')).filter((warning) => warning.includes('MySQL'))]).toEqual([]);
  expect(warned({ 'web.fpmChildren': '100' })).toEqual([expect.stringContaining('1200 connections to MySQL')]);
  expect(warned({ 'autoscale.max': '20' })).toEqual([expect.stringContaining('Standard_D2ads_v5 takes 683')]);
  expect(warned({ 'autoscale.max': '20', 'mysql.sku': 'Standard_D8ads_v5' })).toEqual([]);
});
