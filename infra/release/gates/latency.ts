import { SlipError } from '../../lib/errors.ts';
import { percentile } from '../../lib/percentile.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

const REQUESTS = 40;
const PARALLEL = 4;

/**
 * A version that became slow is found before visitors find it. A failed request is no fast one. The first request of each client finds a
 * process that has loaded nothing yet, which says nothing of the version, so it is not counted.
 */
export const latency: Gate<{ readonly slot: WebSlot; readonly path: string; readonly p95BudgetMs: number }> = {
  name: 'latency',
  async check({ slot, path, p95BudgetMs }) {
    const times: number[] = [];
    const failures: string[] = [];
    const worker = async (): Promise<void> => {
      await slot.ask(path);
      for (let i = 0; i < REQUESTS / PARALLEL; i++) {
        const { status, reason, ms } = await slot.ask(path);
        if (status !== 200) failures.push(String(status ?? reason));
        times.push(status === 200 ? ms : Number.POSITIVE_INFINITY);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    const p95 = percentile(times, 0.95);
    if (p95 <= p95BudgetMs) return undefined;
    throw new SlipError('SLIP-RELEASE-SLOW', {
      found:
        p95 === Number.POSITIVE_INFINITY
          ? `${failures.length} of ${REQUESTS} requests to ${path} on staging failed (${failures[0]})`
          : `${path} takes ${Math.round(p95)} ms at p95 on staging`,
      expected: `at most ${p95BudgetMs} ms`,
      fix: 'look at what changed; or raise the budget for this release with --p95 MS',
    });
  },
};
