import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isTestRun, settingsOfTests } from './test-run.ts';

test.each([
  ['php artisan test --filter Image', true],
  ['vendor/bin/phpunit', true],
  ['php vendor/bin/pest', true],
  ['composer test', true],
  ['php artisan migrate --pretend', false],
  ['php artisan tinker', false],
  ['composer install', false],
])('%s runs tests: %p', (command, expected) => {
  expect(isTestRun(command.split(' '))).toBe(expected);
});

test('what PHPUnit sets itself is read from its configuration, comments left out', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sw-phpunit-'));
  expect(await settingsOfTests(directory)).toEqual([]);
  const text = `<phpunit><php><env name="APP_ENV" value="testing"/><!-- <env name="DB_CONNECTION" value="sqlite"/> -->
    <server force="true" name='CACHE_DRIVER' value="array"/><ini name="memory_limit" value="1"/></php></phpunit>`;
  await writeFile(join(directory, 'phpunit.xml'), text);
  expect(await settingsOfTests(directory)).toEqual(['APP_ENV', 'CACHE_DRIVER']);
  await rm(directory, { recursive: true });
});
