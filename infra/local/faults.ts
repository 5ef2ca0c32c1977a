import type { Platform } from './platform.ts';

/** What a fault can be made with: each is switched off and on as one. */
export const FAULT_TARGETS = ['mysql', 'redis', 'blob', 'sidecar'] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

const STOP_WITHIN_MS = 5_000;

/** Stops a data server or the sidecars of both slots (`on` is false), or starts them again. Data is kept. */
export async function switchFault(platform: Platform, target: FaultTarget, on: boolean): Promise<void> {
  if (target === 'sidecar') {
    const workers = Object.values(platform.workers);
    await Promise.all(workers.map((worker) => worker.switchSidecars(on, STOP_WITHIN_MS)));
    return;
  }
  const server = platform[target];
  await (on ? server.start() : server.stop(STOP_WITHIN_MS));
}
