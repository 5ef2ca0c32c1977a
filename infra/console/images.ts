import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { SlotName } from '../local/appservice/worker.ts';
import type { StatePaths, WorkerId } from '../local/state/paths.ts';
import type { ImageView } from './model.ts';

const SHOWN = 12;
const IMAGE_MAX_BYTES = 8 * 1024 * 1024;
const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};
const FOLDERS = ['outbox', 'synced'] as const;

/** The newest images of both slots that are still on this machine. Names are ULIDs or are sorted as they are. */
export async function latestImages(
  paths: StatePaths,
  slotOf: (worker: WorkerId) => SlotName,
): Promise<readonly ImageView[]> {
  const lists = await Promise.all(
    (['a', 'b'] as const).flatMap((worker) => FOLDERS.map((folder) => newestIn(paths, worker, folder, slotOf(worker)))),
  );
  return lists
    .flat()
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, SHOWN);
}

async function newestIn(
  paths: StatePaths,
  worker: WorkerId,
  folder: (typeof FOLDERS)[number],
  slot: SlotName,
): Promise<ImageView[]> {
  const directory = join(paths.worker(worker).home, 'media', folder);
  const names = (await readdir(directory).catch(() => []))
    .filter((name) => TYPES[extname(name).toLowerCase()] !== undefined && !name.startsWith('.'))
    .sort()
    .slice(-SHOWN);
  const state = folder === 'outbox' ? ('pending' as const) : ('in Blob' as const);
  const found = await Promise.all(
    names.map(async (name) => {
      const stat = await lstat(join(directory, name)).catch(() => undefined);
      if (stat?.isFile() !== true) return [];
      return [{ name, slot, worker, bytes: stat.size, at: stat.mtime.toISOString(), state }];
    }),
  );
  return found.flat();
}

export interface OpenedImage {
  readonly file: FileHandle;
  readonly type: string;
  readonly bytes: number;
}

/** An image of a worker by its name; undefined when it is none, is gone or is a link. */
export async function openImage(paths: StatePaths, worker: WorkerId, name: string): Promise<OpenedImage | undefined> {
  const type = TYPES[extname(name).toLowerCase()];
  if (type === undefined || name.includes('/') || name.startsWith('.')) return undefined;
  for (const folder of FOLDERS) {
    const path = join(paths.worker(worker).home, 'media', folder, name);
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
    const stat = await file?.stat();
    if (file !== undefined && stat?.isFile() === true && stat.size <= IMAGE_MAX_BYTES) {
      return { file, type, bytes: stat.size };
    }
    await file?.close();
  }
  return undefined;
}
