import type { Command } from 'commander';
import type { GoLiveOptions } from '../release/phases/go-live.ts';
import { parseNumber } from './parse-number.ts';

/** Options of the commands that compare what they put live with what was live. */
export interface BudgetOptions {
  readonly watch: number;
  readonly p95: number;
  readonly errors: number;
}

export function addBudgetOptions(command: Command): void {
  command
    .option('--watch <seconds>', 'how long production is compared with the version before', parseNumber(0, 3600), 15)
    .option(
      '--p95 <ms>',
      'budget: the 95th percentile of staging, and what production may take more',
      parseNumber(1, 60_000),
      500,
    )
    .option('--errors <percent>', 'budget: failed requests that production may have more', parseNumber(0, 100), 2);
}

export function budgetsOf({ watch, p95, errors }: BudgetOptions): GoLiveOptions {
  return { p95BudgetMs: p95, watch: { seconds: watch, errorShare: errors / 100, p95Ms: p95 } };
}
