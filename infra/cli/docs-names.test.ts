import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { KEYS } from '../program/config/config.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })];
const read = (page: string) => readFileSync(join(root, page), 'utf8');
const TOP = /^(\.github|\.azure-pipelines|azure-pipelines\.yml|docs|infra|sidecar|webapplication|Pulumi\.)/;

/** Files and folders of the repository that a page names in code. */
const named = (page: string) =>
  [...read(page).matchAll(/`([^`\s]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => TOP.test(code) && /^[\w./-]+$/.test(code) && (code.includes('/') || code.includes('.')))
    .filter((code) => !KEYS.some(({ name }) => name === code));

test.each(pages)('every file that %s names is there', (page) => {
  const there = (path: string) => globSync([path, `${path}.*`], { cwd: root, exclude: ['**/node_modules'] }).length > 0;
  expect(named(page).filter((path) => !there(path))).toEqual([]);
});

test('pictures that pages show are there', () => {
  for (const page of pages) {
    const shown = [...read(page).matchAll(/(?:src|srcset)="([^":]+)"/g)].map(([, path = '']) =>
      join(dirname(page), path),
    );
    expect([page, shown.filter((path) => globSync(path, { cwd: root }).length === 0)]).toEqual([page, []]);
  }
});

describe('what the documents name exists', () => {
  const textOf = (pattern: string) =>
    globSync(pattern, { cwd: root, exclude: ['**/node_modules', '**/vendor'] })
      .map((file) => (/\.(ts|mjs|php|json|conf|sh)$/.test(file) ? read(file) : ''))
      .join('\n');
  const found = (pattern: RegExp) =>
    pages.flatMap((page) => [...read(page).matchAll(pattern)].map(([, name = '']) => ({ page, name })));

  test('codes of errors', () => {
    const known = read('docs/reference/errors.md');
    const codes = found(/\b(SLIP-[A-Z]+(?:-[A-Z0-9]+)+)(?![-\w…])/g);
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter(({ name }) => !known.includes(`### ${name}\n`))).toEqual([]);
  });

  test('metrics', () => {
    const source = textOf('sidecar/src/**');
    const metrics = found(/\bslipway_((?:media|sidecar|traces)_[a-z_]*[a-z])\b/g);
    expect(metrics.length).toBeGreaterThan(5);
    expect(metrics.filter(({ name }) => !source.includes(name.replace(/_total$/, '')))).toEqual([]);
  });

  test('keys of the configuration', () => {
    const areas = new Set(KEYS.map(({ name }) => name.split('.')[0]));
    const names = new Set(KEYS.map(({ name }) => name));
    const keys = found(/`(?:slipway:)?([a-z]+\.[a-zA-Z]+)(?:: [^`]*)?`/g).filter(
      ({ name }) =>
        areas.has(name.split('.')[0] ?? '') && !/\.(ts|mjs|json|ndjson|jsonl|log|php|md|yaml|yml|sh|conf)$/.test(name),
    );
    expect(keys.length).toBeGreaterThan(50);
    expect(keys.filter(({ name }) => !names.has(name))).toEqual([]);
  });

  test('routes', () => {
    const source = `${read('webapplication/openapi.json')}\n${textOf('webapplication/src/**')}\n${textOf('infra/runtime/**')}\n${textOf('infra/console/**')}\n${textOf('infra/local/arm/**')}`;
    const routes = found(/(?<![\w/.])(\/(?:api|_slipway|internal)\/[a-z]+(?:[/-][a-z]+)*)/g);
    expect(routes.length).toBeGreaterThan(50);
    // A route may end with a name that its client chooses.
    const known = (name: string) =>
      source.includes(name) || source.includes(`${name.slice(0, name.lastIndexOf('/'))}/`);
    expect(routes.filter(({ name }) => !known(name))).toEqual([]);
  });
});

describe('the start page', () => {
  test('leads to every page, so that each is found by a question or looked up', () => {
    const start = read('docs/README.md');
    const hidden = globSync('docs/**/*.md', { cwd: root })
      .filter((page) => page !== 'docs/README.md')
      .filter((page) => !start.includes(`(${page.replace(/^docs\//, '')})`));
    expect(hidden).toEqual([]);
  });
});

describe('the challenge', () => {
  const page = read('docs/challenge.md');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| ['))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  test('has document, code and test for each requirement, and a paragraph', () => {
    expect(rows).toHaveLength(8);
    for (const [, requirement = '', explained, code, proof] of rows) {
      expect([requirement, explained]).toEqual([requirement, expect.stringMatching(/\]\(.+\.md\)/)]);
      expect([requirement, code]).toEqual([requirement, expect.stringMatching(/`/)]);
      expect([requirement, proof]).toEqual([requirement, expect.stringMatching(/(\.test\.ts|Test\.php|\.suite\.ts)`/)]);
      const heading = /\[(.*)\]\(#/.exec(requirement)?.[1] ?? '-';
      expect(page.toLowerCase()).toContain(`\n## ${heading.toLowerCase()}\n`);
    }
  });
});

describe('ten minutes', () => {
  test('its changes change something', () => {
    const commands = [...read('docs/guides/ten-minutes.md').matchAll(/^sed -i 's\|([^|]*)\|([^|]*)\|' (\S+)$/gm)];
    expect(commands).toHaveLength(2);
    for (const [, from = '', to = '', file = ''] of commands) {
      expect([file, read(file).includes(from), read(file).includes(to)]).toEqual([file, true, false]);
    }
  });
});
