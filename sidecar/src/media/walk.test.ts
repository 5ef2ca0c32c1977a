import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as defaults from '../defaults.ts';
import { countOutbox } from './count-outbox.ts';
import { Waitlist } from './waitlist.ts';
import { walk } from './walk.ts';

describe('a walk through a folder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'slipway-walk-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const entries = async (): Promise<string[]> => {
    const found = [];
    for await (const entry of walk(root, Date.now)) found.push(`${entry.kind} ${entry.path}`);
    return found.sort();
  };

  test('meets files in folders and does not follow links, not even in a circle', async () => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'a/b/file'), '');
    symlinkSync(root, join(root, 'a/circle'));
    expect(await entries()).toEqual(['file a/b/file', 'refused a/circle']);
  });

  test('leaves a fresh temporary file out, and reports an old one', async () => {
    for (const name of ['.tmp-fresh', '.tmp-old']) writeFileSync(join(root, name), '');
    const old = (Date.now() - defaults.TMP_REPORT_AFTER_MS - 1_000) / 1_000;
    utimesSync(join(root, '.tmp-old'), old, old);
    expect(await entries()).toEqual(['refused .tmp-old']);
  });

  test('ends at a depth', async () => {
    mkdirSync(join(root, 'd/'.repeat(defaults.FOLDER_DEPTH_LIMIT + 3)), { recursive: true });
    expect(await entries()).toEqual([expect.stringMatching(/^refused d/)]);
  });

  test('counts each file once: pending or stuck, or neither when it is in Blob', async () => {
    for (const name of ['one', 'two', 'torn.png', '.hidden']) writeFileSync(join(root, name), '');
    let now = Date.now();
    const waitlist = new Waitlist(() => now, 60_000);
    waitlist.hold('torn.png', 'unreadable', 'EIO', 0);
    waitlist.hold('two', 'unmoved', 'a folder has its place', 0);
    now += defaults.STUCK_AFTER_MS;
    const { pending, stuckCount, stuck } = await countOutbox(root, waitlist, () => now);
    expect([pending, stuckCount]).toEqual([1, 2]);
    expect(stuck.map(({ name }) => name).sort()).toEqual(['.hidden', 'torn.png']);
  });
});
