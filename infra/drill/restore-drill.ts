import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { monotonicClock } from '../lib/clock.ts';
import { readConnection } from '../lib/connection.ts';
import { SlipError } from '../lib/errors.ts';
import { DirectoryLock } from '../local/state/directory-lock.ts';
import { DatabaseDrill, type DatabaseDrillResult } from './database-drill.ts';
import { MediaDrill, type MediaDrillResult } from './media-drill.ts';

export interface RestoreDrillResult {
  readonly seconds: number;
  readonly database: DatabaseDrillResult;
  readonly media: MediaDrillResult;
  /** What a restore to this drill's dump and snapshots would lose of what production has at its end. */
  readonly lost: { readonly rows: number; readonly files: number };
}

export interface RestoreDrillOptions {
  readonly stateDir: string;
  readonly progress: (text: string) => void;
}

/** Restores the local region's database and media beside production, compares both, and removes what it made. */
export async function drillRestore({ stateDir, progress }: RestoreDrillOptions): Promise<RestoreDrillResult> {
  const { mysql, blob, ca } = await readConnection(stateDir);
  const directory = join(stateDir, 'drill');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await DirectoryLock.take(directory);
  if (lock === undefined) throw underWay(stateDir);
  setDefaultCACertificates([...getCACertificates('default'), await readFile(ca, 'utf8')]);
  const work = join(directory, 'work');
  const database = new DatabaseDrill({ socket: mysql.socket, database: mysql.database, directory: work, progress });
  const media = new MediaDrill(blob, progress);
  const clean = async (): Promise<void> => {
    const cleaned = await Promise.allSettled([
      rm(work, { recursive: true, force: true }),
      database.clean(),
      media.clean(),
    ]);
    for (const part of cleaned) if (part.status === 'rejected') throw part.reason;
  };
  try {
    // A drill that was killed leaves all of it.
    await clean();
    await mkdir(work, { mode: 0o700 });
    const began = monotonicClock.now();
    try {
      const [tables, files] = [await database.run(), await media.run()];
      return resultOf(tables, files, monotonicClock.now() - began);
    } finally {
      progress('removing what the drill made');
      await clean();
    }
  } finally {
    lock.release();
  }
}

/** Throws SLIP-DRILL-DIFFERS unless all that was compared came back as it was. */
export function assertRestored({ database: { tables }, media: { different } }: RestoreDrillResult): void {
  const wrong = tables.filter(({ verdict }) => verdict === 'different').map(({ table }) => `table ${table}`);
  const unproven = tables.filter(({ verdict }) => verdict === 'unproven').map(({ table }) => `table ${table}`);
  if (wrong.length + different.length > 0) {
    throw new SlipError('SLIP-DRILL-DIFFERS', {
      found: `not restored as it was: ${[...wrong, ...different].join(', ')}`,
      expected: 'the rows, checksums and MD5s of production',
      fix: './slipway logs --process mysql and --process blob say what the servers refused; then repeat the drill',
    });
  }
  if (unproven.length > 0) {
    throw new SlipError('SLIP-DRILL-UNPROVEN', {
      found: `written while it was dumped: ${unproven.join(', ')}`,
      expected: 'tables that stay as they are during the dump, or whose writes fall before or after it',
      fix: 'repeat the drill while less is written',
    });
  }
}

function resultOf(database: DatabaseDrillResult, media: MediaDrillResult, ms: number): RestoreDrillResult {
  const rows = database.tables.reduce((sum, { lostRows }) => sum + lostRows, 0);
  return { seconds: Math.round(ms / 100) / 10, database, media, lost: { rows, files: media.lost.length } };
}

function underWay(stateDir: string): SlipError {
  return new SlipError('SLIP-DRILL-UNDER-WAY', {
    found: `another drill runs on ${stateDir}`,
    expected: 'one drill at a time',
    fix: 'wait until it has ended',
  });
}
