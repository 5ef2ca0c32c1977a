import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { applicationTests } from './application-tests.ts';
import { allStages } from './stages.ts';
import { runTests } from './test-run.ts';

/** Writes a report of one test that passed and one that failed, and where it ran. */
const RUNNER = `<?php
  $log = $argv[array_search('--log-junit', $argv) + 1];
  file_put_contents($log, '<testcase name="a"/><testcase name="b"><failure>no</failure></testcase>');
  file_put_contents('ran', implode(' ', array_slice($argv, 1)));
  exit(1);`;

let project: string;
let shop: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'sw-application-tests-'));
  shop = join(project, 'shop');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(shop, path)), { recursive: true });
  writeFileSync(join(shop, path), text);
}

test('the application that slipway comes with has stages of its own', () => {
  expect(applicationTests(join(project, 'webapplication'), project)).toBeUndefined();
});

test('another one has those of its phpunit.xml, or it is said why there are none', () => {
  expect(applicationTests(shop, project)).toMatch(/there is no phpunit\.xml/);
  put('phpunit.xml.dist');
  expect(applicationTests(shop, project)).toMatch(/composer install/);
  put('vendor/bin/phpunit');
  expect(applicationTests(shop, project)).toEqual({ directory: shop, runner: 'vendor/bin/phpunit' });
  put('vendor/bin/pest');
  expect(applicationTests(shop, project)).toEqual({ directory: shop, runner: 'vendor/bin/pest' });
});

test('they run in its directory, beside the other stages, and are counted one by one', async () => {
  put('phpunit.xml');
  put('vendor/bin/phpunit', RUNNER);
  const application = applicationTests(shop, project);
  if (typeof application !== 'object') throw new Error('it has tests');
  const context = { form: 'short', root: project, reports: join(project, 'reports'), application } as const;
  const stages = allStages(context).filter(({ name }) => name === 'application');
  expect(stages).toMatchObject([{ group: 'php', phase: 2, cwd: shop }]);
  const { results } = await runTests(stages, {
    context,
    signal: new AbortController().signal,
    live: { above: () => undefined },
    running: new Map(),
  });
  expect(results).toMatchObject([{ stage: 'application', passed: 1, failed: 1 }]);
});

test('without such an application there is no such stage', () => {
  const names = allStages({ form: 'short', root: project, reports: project }).map(({ name }) => name);
  expect(names).not.toContain('application');
});
