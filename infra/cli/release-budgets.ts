import type { Command } from 'commander';
import type { GoLiveOptions } from '../release/phases/go-live.ts';
import { parseNumber } from './parse-number.ts';

/** Options of the commands that compare a new version with the previous one. */
export interface BudgetOptions {
  readonly watch: number;
  readonly p95: number;
  readonly errors: number;
}

export function addBudgetOptions(command: Command): void {
  command
    .option(
      '--watch <seconds>',
      'how long production is compared with the previous version after the swap',
      parseNumber(0, 3600),
      15,
    )
    .option(
      '--p95 <ms>',
      'highest allowed p95 of the first smoke request in staging, and allowed increase of p95 in production over the previous version, in ms',
      parseNumber(1, 60_000),
      500,
    )
    .option(
      '--errors <percent>',
      'allowed increase in failed requests over the previous version, in percentage points',
      parseNumber(0, 100),
      2,
    );
}

export function budgetsOf({ watch, p95, errors }: BudgetOptions): GoLiveOptions {
  return { p95BudgetMs: p95, watch: { seconds: watch, errorShare: errors / 100, p95Ms: p95 } };
}
