import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../coded-error.ts';

const NAME = '.outbox-id';

/**
 * A name for the outbox that all instances on it agree on, and that moves with it at a swap, when slots change their
 * sidecars but not their files.
 */
export async function outboxId(mediaRoot: string): Promise<string> {
  const path = join(mediaRoot, NAME);
  try {
    await writeFile(path, randomUUID(), { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  // Another instance may have made it a moment ago and not yet written into it.
  for (let tries = 0; tries < 20; tries += 1) {
    const id = (await readFile(path, 'utf8')).trim();
    if (/^[0-9a-f-]{36}$/.test(id)) return id;
    await sleep(50);
  }
  await writeFile(path, randomUUID());
  return (await readFile(path, 'utf8')).trim();
}
