import { join } from 'node:path';

/** The folders below MEDIA_ROOT, on the share that the web application and every instance use. */
export interface Folders {
  readonly root: string;
  readonly outbox: string;
  readonly synced: string;
  readonly conflicts: string;
  readonly journal: string;
  /** Files that an operator took out of the outbox or out of conflicts. Nothing here is carried or served. */
  readonly setAside: string;
}

export function foldersIn(mediaRoot: string): Folders {
  return {
    root: mediaRoot,
    outbox: join(mediaRoot, 'outbox'),
    synced: join(mediaRoot, 'synced'),
    conflicts: join(mediaRoot, 'conflicts'),
    journal: join(mediaRoot, 'journal'),
    setAside: join(mediaRoot, 'set-aside'),
  };
}
