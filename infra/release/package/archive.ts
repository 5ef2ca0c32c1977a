import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { SlipError } from '../../lib/errors.ts';
import { type MeasuredFile, writeMeasuredFile } from './measured-file.ts';
import type { TreeFile } from './source-tree.ts';

/** The newest time in an archive, in seconds: of whatever has no time by its content. */
const LATEST_SECONDS = 1_500_000_000;
const SPAN_SECONDS = 500_000_000;

/** Owner, time, order and modes that are always the same, so that the same tree gives the same bytes. Everything is read-only. */
const tarArgs = [
  '--create',
  '--format=gnu',
  '--sort=name',
  `--mtime=@${LATEST_SECONDS}`,
  '--clamp-mtime',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--mode=a=rX',
  '--no-acls',
  '--no-xattrs',
  '--file=-',
];

/**
 * Gives files a time that stands for their content. nginx makes a validator of time and length: with one time for all, a browser would keep a
 * file that a release changed without changing its length.
 */
export async function stampFiles(directory: string, files: readonly TreeFile[]): Promise<void> {
  for (const { path, content, isLink } of files) {
    if (isLink === true) continue;
    const hash = createHash('sha256').update(content).digest().readUInt32BE();
    const seconds = LATEST_SECONDS - 1 - (hash % SPAN_SECONDS);
    await utimes(join(directory, path), seconds, seconds);
  }
}

/** Packs everything below a directory as tar.gz. Needs GNU tar. */
export async function writeArchive(directory: string, file: string): Promise<MeasuredFile> {
  const tar = spawn('tar', [...tarArgs, '--directory', directory, '.'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  let said = '';
  tar.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-2_000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.on('error', reject);
    tar.on('close', resolve);
  });
  const [written, code] = await Promise.all([writeMeasuredFile(file, tar.stdout, createGzip()), ended]).catch(
    (error: unknown) => {
      throw failed(error instanceof Error ? error.message : String(error), error);
    },
  );
  if (code !== 0) throw failed(said.trim());
  return written;
}

function failed(found: string, cause?: unknown): SlipError {
  return new SlipError('SLIP-RELEASE-ARCHIVE', {
    found: `the application cannot be packed: ${found}`,
    expected: 'GNU tar, and room on the disk',
    fix: 'see `df -h`; then repeat the command',
    ...(cause === undefined ? {} : { cause }),
  });
}
