import { join } from 'node:path';
import type { Command } from 'commander';
import type { ReleaseTarget } from '../release/target/target.ts';
import type { CommonOptions } from './command.ts';

const root = join(import.meta.dirname, '../..');

export interface TargetOptions {
  readonly stack?: string;
  readonly startTimeout?: number;
}

export function addTargetOptions(command: Command): void {
  command.option('--stack <name>', 'a stack on Azure instead of the local region');
}

/** Where a command releases to: the stack named, or the local region. */
export async function releaseTarget({
  stack,
  startTimeout,
  state,
}: TargetOptions & CommonOptions): Promise<ReleaseTarget> {
  const startMs = startTimeout === undefined ? undefined : startTimeout * 1000;
  if (stack !== undefined) {
    const { azureTarget } = await import('../release/target/azure-target.ts');
    return azureTarget({ stack, root, startMs });
  }
  const { localTarget } = await import('../release/target/local-target.ts');
  return localTarget({
    stateDir: state,
    startMs,
    evaluation: async () => {
      const { buildSidecarImage } = await import('../local/worker/sidecar-image.ts');
      const { statePaths } = await import('../local/state/state.ts');
      const { evaluatedProgram } = await import('../local/program/evaluated.ts');
      const paths = statePaths(state);
      return evaluatedProgram(paths, await buildSidecarImage(paths));
    },
    hasImage: async (image) => {
      const { pullImage } = await import('../local/worker/sidecar-image.ts');
      const { statePaths } = await import('../local/state/state.ts');
      return (await pullImage(statePaths(state), image)) !== undefined;
    },
  });
}
