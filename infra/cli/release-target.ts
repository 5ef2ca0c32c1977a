import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { connectionFile } from '../lib/connection.ts';
import { statePaths } from '../local/state/paths.ts';
import { ReleaseJournal } from '../release/journal.ts';
import { openTarget } from '../release/target/open-target.ts';
import type { ReleaseTarget } from '../release/target/target.ts';
import type { CommonOptions } from './command.ts';

export interface TargetOptions {
  readonly stack?: string;
  readonly startTimeout?: number;
}

export function addTargetOptions(command: Command): void {
  command.option('--stack <name>', 'a stack on Azure instead of the local region');
}

/** Where the command writes down what it does; a stack on Azure has no console that reads it. */
export function journalOf(
  { stack, state }: TargetOptions & CommonOptions,
  command: string,
): ReleaseJournal | undefined {
  return stack === undefined && existsSync(connectionFile(state))
    ? new ReleaseJournal(statePaths(state).releaseJournal, command)
    : undefined;
}

/** Where a command releases to: the stack named, or the local region. */
export function releaseTarget({ stack, startTimeout, state }: TargetOptions & CommonOptions): Promise<ReleaseTarget> {
  return openTarget({
    stack,
    stateDir: state,
    startMs: startTimeout === undefined ? undefined : startTimeout * 1000,
  });
}
