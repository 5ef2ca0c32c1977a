import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { connectionFile } from '../lib/connection.ts';
import { SlipError } from '../lib/errors.ts';
import { DirectoryLock } from '../local/state/directory-lock.ts';
import { assertRestored, drillRestore, type RestoreDrillResult } from './restore-drill.ts';
import type { TableVerdict } from './table-comparison.ts';

function result(verdict: TableVerdict, different: readonly string[] = []): RestoreDrillResult {
  const table = { table: 'images', rows: 1, checksum: '1', verdict, lostRows: 0, changedSince: false };
  return {
    seconds: 1,
    database: { tables: [table], dumpBytes: 1, dumpMs: 1, restoreMs: 1 },
    media: { files: 1, bytes: 1, snapshotMs: 1, restoreMs: 1, different, lost: [] },
    lost: { rows: 0, files: 0 },
  };
}

function codeOf(outcome: RestoreDrillResult): string | undefined {
  try {
    assertRestored(outcome);
    return undefined;
  } catch (error) {
    return error instanceof SlipError ? error.code : String(error);
  }
}

test('a table or a file that differs fails the drill; a table that was written meanwhile leaves it unproven', () => {
  expect(codeOf(result('equal'))).toBeUndefined();
  expect(codeOf(result('different'))).toBe('SLIP-DRILL-DIFFERS');
  expect(codeOf(result('equal', ['a.png']))).toBe('SLIP-DRILL-DIFFERS');
  expect(codeOf(result('unproven'))).toBe('SLIP-DRILL-UNPROVEN');
});

test('without a region there is nothing to restore', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sw-drill-'));
  try {
    const drill = drillRestore({ stateDir, progress: () => undefined });
    await expect(drill).rejects.toMatchObject({ code: 'SLIP-LOCAL-NOT-RUNNING' });
  } finally {
    await rm(stateDir, { recursive: true });
  }
});

test('a second drill on the same region is refused before it touches anything', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sw-drill-'));
  await mkdir(join(stateDir, 'drill'));
  const first = await DirectoryLock.take(join(stateDir, 'drill'));
  try {
    await writeFile(connectionFile(stateDir), JSON.stringify({ mysql: {}, blob: {} }));
    const drill = drillRestore({ stateDir, progress: () => undefined });
    await expect(drill).rejects.toMatchObject({ code: 'SLIP-DRILL-UNDER-WAY' });
  } finally {
    first?.release();
    await rm(stateDir, { recursive: true });
  }
});
