import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkApplication, leastVersion } from './check-application.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-check-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function check(files: Readonly<Record<string, string>>) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return checkApplication(directory);
}

test('a lone index.php lacks nothing', async () => {
  expect(await check({ 'index.php': '<?php echo 1;' })).toMatchObject({ problems: [], notes: [] });
});

test('everything that is missing is named at once', async () => {
  const { problems, notes } = await check({
    'composer.json': '{"require":{"php":"^99.1","ext-nothing":"*"}}',
    'slipway.yaml': 'roots: x\nphp: {requestSeconds: 900}\n',
    'public/other.php': '',
    'migrations/1.sql': '',
    'slipway/x': '',
  });
  expect(problems).toEqual([
    expect.stringMatching(/^slipway\.yaml: php\.requestSeconds: found 900/),
    expect.stringMatching(/^slipway\.yaml: roots is not a key/),
    expect.stringMatching(/^the front controller public\/index\.php is not there/),
    expect.stringMatching(/^migrations\/ is there and nothing carries it out/),
    expect.stringMatching(/^composer\.json wants PHP \^99\.1, and this machine has \d/),
    expect.stringMatching(/^the PHP extension nothing is not here/),
    expect.stringMatching(/^slipway\/ is the name of the runtime/),
  ]);
  expect(notes).toEqual([expect.stringMatching(/^composer\.lock is not there/)]);
});

test('packages of the lock that this machine cannot install are named', async () => {
  const lock = {
    packages: [
      { name: 'acme/new', require: { php: '>=99.0' } },
      { name: 'acme/other', require: { php: '>=7.4', 'ext-json': '*', 'ext-nothing': '*' } },
    ],
  };
  const files = { 'index.php': '<?php', 'composer.json': '{"require":{}}', 'composer.lock': JSON.stringify(lock) };
  expect((await check(files)).problems).toEqual([
    expect.stringMatching(/cannot install: acme\/new needs PHP 99\.0, acme\/other needs ext-nothing\. /),
  ]);
});

test('a front controller that does not parse is named with its reason', async () => {
  expect((await check({ 'index.php': '<?php echo (;' })).problems).toEqual([
    expect.stringMatching(/^index\.php does not parse: PHP Parse error/),
  ]);
});

test.each([
  ['^8.1', '8.1'],
  ['>=8.2', '8.2'],
  ['^7.4 || ^8.0', '7.4'],
  ['~8.3.1', '8.3.1'],
  ['*', undefined],
])('the least PHP of %j is %j', (constraint, least) => {
  expect(leastVersion(constraint)).toBe(least);
});

test('what cannot work on the network disk of shared media is noted', async () => {
  const { notes } = await check({
    'index.php': '<?php echo 1;',
    'slipway.yaml': `
media: [{path: storage, url: /media, mode: shared}]
env: {SESSION_FILES: storage/sessions}
`,
    'storage/deep/shop.sqlite': '',
    'storage/deep/photo.png': '',
  });
  expect(notes).toEqual([
    expect.stringContaining('storage/framework below it keeps caches, sessions'),
    expect.stringContaining('storage/logs'),
    expect.stringContaining('storage/deep/shop.sqlite looks like a database'),
    expect.stringContaining('SESSION_FILES leads into storage'),
  ]);
});
