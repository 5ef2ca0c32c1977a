import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseManifest, readManifest } from './read-manifest.ts';

test('an empty file and a missing one say nothing, and are right', async () => {
  expect(parseManifest('')).toEqual({ found: true, manifest: {}, violations: [] });
  const directory = await mkdtemp(join(tmpdir(), 'slipway-manifest-'));
  expect(await readManifest(directory)).toEqual({ found: false, manifest: {}, violations: [] });
  await rm(directory, { recursive: true });
});

test('every violation is told at once, with what was found and what may stand there', () => {
  const { violations } = parseManifest(`
kind: ruby
root: ../x
colour: red
php: {body: 10, requestSeconds: 900, bodies: 1m}
start: [php a | tee b]
smoke: [{path: /, statuss: 302}, 5]
env: {PORT: "1", "a b": x}
secrets: [WEBSITE_X]
schedule: {"* * *": php a}
workers: {Queue: {run: php a}}
provides: {colour: /x}
`);
  expect(violations).toEqual([
    'kind: found "ruby", expected "laravel", "symfony", "wordpress", "php"',
    'root: found "../x", expected a relative path inside the application, without `.` and `..`',
    expect.stringMatching(
      /^start\[0\]: found "php a \| tee b", expected a command: "\|" has a meaning for a shell only/,
    ),
    'php.body: found 10, expected a text',
    'php.requestSeconds: found 900, expected at most 230',
    expect.stringMatching(/^php\.bodies is not a key; known here: body, requestSeconds/),
    expect.stringMatching(/^smoke\[0\]\.statuss is not a key; known here: path, status, location, contains, json$/),
    'smoke[1]: found 5, expected a text, or an object',
    'workers.Queue: expected a name of small letters, digits and -',
    'schedule.* * *: expected five fields of cron, such as `*/5 * * * *`: "* * *" has 3 fields',
    expect.stringMatching(/^env\.PORT: expected a name that is not one of slipway/),
    'env.a b: expected the name of an environment variable',
    expect.stringMatching(/^secrets\[0\]: found "WEBSITE_X", expected a name/),
    expect.stringMatching(/^provides\.colour is not a key; known here: version, live/),
    expect.stringMatching(/^colour is not a key; known here: kind, root, scripts/),
  ]);
});

test.each(['/etc', 'a/../../b', './a', 'a//b', 'a\\b', '..', ''])('%j is no path of the application', (path) => {
  expect(parseManifest(JSON.stringify({ writable: [path] })).violations).toHaveLength(1);
});

test.each([['a: ['], ['kind: php\nkind: php'], ['- 1'], ['x: &a 1\ny: *a']])('%j is no manifest', (text) => {
  expect(parseManifest(text).violations.length).toBeGreaterThan(0);
});

test('a manifest that is a link is not read', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-manifest-'));
  await writeFile(join(directory, 'elsewhere.yaml'), 'kind: php\n');
  await symlink('elsewhere.yaml', join(directory, 'slipway.yaml'));
  expect((await readManifest(directory)).violations).toEqual(['it is not a regular file']);
  await rm(directory, { recursive: true });
});
