import { ok } from './answer.ts';
import type { Route } from './route.ts';

const isTrue = (value: string | null): boolean => value?.toLowerCase() === 'true';

export const lifecycleRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: 'start',
    handle: async ({ plane, slot }) => {
      await plane.site.setRunning(slot, 'Running');
      return ok();
    },
  },
  {
    method: 'POST',
    pattern: 'stop',
    handle: async ({ plane, slot }) => {
      await plane.site.setRunning(slot, 'Stopped');
      return ok();
    },
  },
  {
    method: 'POST',
    pattern: 'restart',
    handle: async ({ plane, slot, query }) => {
      await plane.site.restart(slot, {
        onlyIfNeeded: isTrue(query.get('softRestart')),
        wait: isTrue(query.get('synchronous')),
      });
      return ok();
    },
  },
];
