import { beforeAll, expect, test } from '@jest/globals';
import { evaluate } from '../evaluate/evaluate.ts';
import type { Evaluation } from '../evaluate/recorded.ts';
import { type Difference, difference } from './difference.ts';

const BASE = { 'sidecar.digest': `sha256:${'0'.repeat(64)}`, 'edge.enabled': 'true' };
/** An existing stack, scaled out since it was made. */
const PRESENT = {
  planCapacity: 3,
  mysqlStorageGb: 64,
  sites: { production: { stack: 'PHP|8.4' }, staging: { stack: 'PHP|8.4' } },
};
const NOTHING: Difference = { added: [], removed: [], changed: {}, replaced: [], refused: [], outputs: [] };

let before: Evaluation;
beforeAll(async () => {
  before = await evaluated({});
});

function evaluated(config: Readonly<Record<string, string>>): Promise<Evaluation> {
  return evaluate({ stage: 'dev', mode: 'update', config: { ...BASE, ...config }, present: PRESENT });
}

/** What an `up` would do after some keys are set. */
async function after(config: Readonly<Record<string, string>>): Promise<Difference> {
  return difference(before, await evaluated(config));
}

test('a setting, another image of the sidecar and another number of workers change no resource: the next release brings them', async () => {
  const digest = `sha256:${'1'.repeat(64)}`;
  expect(await after({ 'media.scanMs': '500', 'sidecar.digest': digest, 'plan.instances': '2' })).toEqual({
    ...NOTHING,
    outputs: [
      'wanted.settings.MEDIA_SCAN_MS',
      'wanted.settings.SIDECAR_DIGEST',
      'wanted.siteContainers[0].properties.image',
    ],
  });
});

test('slow queries and the rate limit change where they live; PHP and mounts are for the next release', async () => {
  const changes = await after({
    'web.phpVersion': '8.3',
    'mysql.slowQuerySeconds': '5',
    'edge.rateLimitPerMinute': '99',
    'media.softDeleteDays': '9',
    'media.mount': 'false',
  });
  expect(changes).toEqual({
    ...NOTHING,
    changed: {
      'dbformysql:Configuration::mysql-long-query-time': ['value'],
      'frontdoor:Policy::waf': ['customRules.rules[0].rateLimitThreshold'],
      'storage:BlobServiceProperties::media-recovery': [
        'containerDeleteRetentionPolicy.days',
        'deleteRetentionPolicy.days',
      ],
      'storage:StorageAccount::media': ['allowSharedKeyAccess'],
    },
    outputs: ['wanted.mounts.media', 'wanted.settings.MEDIA_MOUNT', 'wanted.stack'],
  });
});

test('tags go everywhere but to secrets, whose rotated values would be written over', async () => {
  const { changed, ...rest } = await after({ tags: '{"team":"web"}' });
  expect(rest).toEqual({ ...NOTHING, changed: undefined });
  expect(new Set(Object.values(changed).flat())).toEqual(new Set(['tags.team']));
  expect(Object.keys(changed).filter((label) => label.startsWith('keyvault:Secret'))).toEqual([]);
});

const MYSQL = ['dbformysql:Database::mysql-database', 'dbformysql:Server::mysql'];

const elsewhere = { location: 'westeurope' };
const word = { 'protect.except': '["mysql"]' };
const ofMysql = (labels: readonly string[]): string[] => labels.filter((label) => MYSQL.includes(label)).toSorted();

/** The word and the change at once. */
let both: Evaluation;
beforeAll(async () => {
  both = await evaluated({ ...elsewhere, ...word });
});

test('replacing data is refused, with the word at the same time too', async () => {
  const refused = await after(elsewhere);
  expect(ofMysql(refused.replaced)).toEqual(['dbformysql:Server::mysql']);
  expect(ofMysql(refused.refused)).toEqual(MYSQL);

  // The database in the server is protected by what the state says.
  expect(ofMysql(difference(before, both).refused)).toEqual(['dbformysql:Database::mysql-database']);
});

test('replacing data is allowed once an `up` has heard the word', async () => {
  const said = await evaluated(word);
  expect(difference(before, said)).toEqual({
    ...NOTHING,
    removed: ['authorization:ManagementLockByScope::keep-mysql'],
  });
  const allowed = difference(said, both);
  expect(ofMysql(allowed.replaced)).toEqual(['dbformysql:Server::mysql']);
  expect(ofMysql(allowed.refused)).toEqual([]);
});

test('another generation renames data, and every bit of it is refused', async () => {
  const { replaced, refused } = await after({ generation: '2' });
  const data = replaced.filter((label) =>
    /^(storage:(Storage|BlobC)|dbformysql:(Server|Database)|redisenterprise|keyvault:Vault|web:WebApp(Slot)?::)/.test(
      label,
    ),
  );
  expect(data).toEqual(expect.arrayContaining([...MYSQL, 'storage:StorageAccount::media', 'keyvault:Vault::vault']));
  expect(data.filter((label) => !refused.includes(label))).toEqual([]);
});
