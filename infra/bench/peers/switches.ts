import { setTimeout as sleep } from 'node:timers/promises';
import type { PhpSite, Pool } from './php-site.ts';

/** A way to put the next release live. */
export type Switch = (site: PhpSite) => Promise<void>;

/** For requests that the pool before still has. */
const DRAIN_MS = 1_000;

/** Deployer's way. */
export const symlinkAndReload: Switch = async (site) => {
  await site.linkNext();
  await site.signalPool('a', 'SIGUSR2');
};

export const stopAndStart: Switch = async (site) => {
  await site.signalPool('a', 'SIGTERM');
  await site.linkNext();
  await site.startPool('a');
};

/** A second pool with the next release, and nginx told to use it. */
export function reloadToOtherPool(): Switch {
  let live: Pool = 'a';
  return async (site) => {
    const next: Pool = live === 'a' ? 'b' : 'a';
    await site.linkNext();
    await site.startPool(next);
    await site.routeTo(next);
    await sleep(DRAIN_MS);
    await site.signalPool(live, 'SIGQUIT');
    live = next;
  };
}
