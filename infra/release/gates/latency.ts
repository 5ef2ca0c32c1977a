import { SlipError } from '../../errors.ts';
import { percentile } from '../percentile.ts';
import type { Gate } from '../steps.ts';
import type { WebSlot } from '../web-slot.ts';

const requests = 40;
const parallel = 4;

/** A version that became slow is found before visitors find it. */
export const latency: Gate<{ readonly slot: WebSlot; readonly p95BudgetMs: number }> = {
  name: 'p95',
  async check({ slot, p95BudgetMs }) {
    const times: number[] = [];
    const worker = async (): Promise<void> => {
      for (let i = 0; i < requests / parallel; i++) times.push((await slot.ask('/api/ping')).ms);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    const p95 = percentile(times, 0.95);
    if (p95 <= p95BudgetMs) return undefined;
    throw new SlipError('SLIP-RELEASE-SLOW', {
      found: `/api/ping takes ${Math.round(p95)} ms at p95 on staging`,
      expected: `at most ${p95BudgetMs} ms`,
      fix: 'look at what changed; or raise the budget for this release with --p95 MS',
    });
  },
};
