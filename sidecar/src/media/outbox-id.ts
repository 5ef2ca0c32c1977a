import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../coded-error.ts';

const NAME = '.outbox-id';
const ID = /^[0-9a-f-]{36}$/;
const ID_BYTES = 64;
const TRIES = 20;
const PAUSE_MS = 50;

/**
 * The id of the outbox, which all its instances share. It is a file beside the outbox because the files move with the slot
 * at a swap and the sidecars do not. What holds no id or is no regular file is replaced, and a link is never followed.
 */
export async function outboxId(mediaRoot: string): Promise<string> {
  const path = join(mediaRoot, NAME);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const id = await readId(path);
    if (id !== undefined) return id;
    try {
      await writeFile(path, randomUUID(), { flag: 'wx' });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      // Another instance may have created the file a moment ago without having written to it yet.
      await sleep(PAUSE_MS);
    }
  }
  const id = randomUUID();
  const temporary = join(mediaRoot, `.tmp-${NAME}-${id}`);
  await writeFile(temporary, id, { flag: 'wx' });
  await rename(temporary, path);
  return id;
}

async function readId(path: string): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(ID_BYTES), 0, ID_BYTES, 0);
      const text = buffer.toString('latin1', 0, bytesRead).trim();
      return ID.test(text) ? text : undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'EISDIR', 'EINVAL', 'ESPIPE'].includes(systemCode(error))) return undefined;
    throw error;
  }
}
