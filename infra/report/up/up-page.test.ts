import { readFile } from 'node:fs/promises';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { KEYS } from '../../program/config/config.ts';
import { long } from '../../testbed/long-form.ts';
import { type Change, evaluateChanges } from './evaluate-changes.ts';
import { KEY_CHANGES } from './key-changes.ts';
import { changesText, upPage, upRow } from './up-page.ts';

/** Some seventy evaluations in the long form. */
jest.setTimeout(1_800_000);

/** One of each kind: what the next release brings, what restarts, what Azure refuses. */
const SOME_KEYS = ['web.phpVersion', 'plan.sku', 'mysql.geoBackup'];

let page: string;
let changes: Change[];
beforeAll(async () => {
  page = await readFile(new URL('../../../docs/reference/what-an-up-does.md', import.meta.url), 'utf8');
  const compared = Object.entries(KEY_CHANGES).filter(([key]) => long || SOME_KEYS.includes(key));
  changes = await evaluateChanges(Object.fromEntries(compared));
});

/** The cells of each row, by key. */
function rows(): Map<string, string[]> {
  const lines = page.split('\n').filter((line) => line.startsWith('| [`'));
  return new Map(lines.map((line) => [/`([^`]+)`/.exec(line)?.[1] ?? '', line.split('|').map((cell) => cell.trim())]));
}

test('the page has one row for each key', () => {
  expect(page.split('\n').filter((line) => line.startsWith('| [`'))).toHaveLength(KEYS.length);
  expect([...rows().keys()]).toEqual(KEYS.map(({ name }) => name));
  expect(Object.keys(KEY_CHANGES).toSorted()).toEqual(KEYS.map(({ name }) => name).toSorted());
});

test('each row is about the changes that are evaluated for it, from the present default', () => {
  for (const key of KEYS) {
    const cases = KEY_CHANGES[key.name] ?? [];
    expect(rows().get(key.name)?.[2]).toBe(typeof cases === 'string' ? '' : changesText(key, cases));
  }
});

test('each change is another value that the key allows', () => {
  for (const key of KEYS) {
    const cases = KEY_CHANGES[key.name];
    for (const { to, given = {}, stage = 'prod' } of typeof cases === 'string' ? [] : (cases ?? [])) {
      const value = key.parse(to);
      expect([key.name, value]).not.toEqual([key.name, undefined]);
      const before = key.name === 'stage' ? stage : given[key.name];
      expect(value).not.toEqual(before === undefined ? key.defaultOf(stage) : key.parse(before));
    }
  }
});

test('the page says what the evaluations say', () => {
  if (long) expect(page).toBe(upPage(changes));
  for (const key of KEYS.filter(({ name }) => changes.some((change) => change.key === name)))
    expect(page.split('\n')).toContain(upRow(key, KEY_CHANGES[key.name], changes));
});

test('no key restarts production but those that the page names before its table', () => {
  const restarting = [...rows()].filter(([, cells]) => cells[4]?.includes('production')).map(([key]) => key);
  const named = /^These restart production: (.*)\. No other key does\.$/m.exec(page)?.[1] ?? '';
  expect(restarting.map((key) => `\`${key}\``).join(', ')).toBe(named);
  expect(restarting).toEqual(['plan.sku', 'edge.enabled']);
});
