import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../../lib/error-message.ts';

/** As of setpriority(2): 0 is the default, 19 the lowest. With 15 a session gets a thirtieth of what another gets. */
const LOW_NICE = 15;
const NORMAL_NICE = 0;
/** A container that starts on a busy machine has the priority of all others after this time. */
const STARTING_MS = 10_000;
/** Linux refuses a second change within 100 ms to everyone but root. */
const RETRY_MS = 250;

export interface PriorityOptions {
  /** Milliseconds until the priority is normal again. Default: 10000 */
  readonly startingMs?: number;
  /** Milliseconds until a refused change is tried again. Default: 250 */
  readonly retryMs?: number;
  /** Default: `/proc` */
  readonly procDirectory?: string;
}

/**
 * A container that starts waits behind whatever serves visitors. On one machine all that App Service spreads over many
 * shares the processors: the front, the database, the storage, both slots. Linux weighs whole sessions against each other
 * (sched(7), "The autogroup feature"), and the priority of a session may be raised again without privileges, which the
 * priority of a process may not. Where the kernel has no autogroups, every priority stays as it is.
 * Resolves when the priority is the normal one again: after the time of a start, or when `startIsOver` is aborted.
 */
export async function startBehindVisitors(
  sessionLeader: number,
  startIsOver: AbortSignal,
  { startingMs = STARTING_MS, retryMs = RETRY_MS, procDirectory = '/proc' }: PriorityOptions = {},
): Promise<void> {
  const file = `${procDirectory}/${sessionLeader}/autogroup`;
  if ((await setNice(file, LOW_NICE)) === 'impossible') return;
  await sleep(startingMs, undefined, { signal: startIsOver, ref: false }).catch(() => undefined);
  while ((await setNice(file, NORMAL_NICE)) === 'too early') await sleep(retryMs, undefined, { ref: false });
}

/** Likewise for a container that ends, since nobody is served by it any more. It keeps the low priority. */
export async function stopBehindVisitors(
  sessionLeader: number,
  { procDirectory = '/proc' }: Pick<PriorityOptions, 'procDirectory'> = {},
): Promise<void> {
  await setNice(`${procDirectory}/${sessionLeader}/autogroup`, LOW_NICE);
}

async function setNice(file: string, nice: number): Promise<'done' | 'too early' | 'impossible'> {
  try {
    await writeFile(file, String(nice), { flag: 'r+' });
    return 'done';
  } catch (error) {
    return isErrno(error, 'EAGAIN') ? 'too early' : 'impossible';
  }
}
