import { join } from 'node:path';
import type { ReleaseTarget } from './target.ts';

const ADOPT_MS = 10_000;
const root = join(import.meta.dirname, '../../..');

export interface TargetChoice {
  /** A stack on Azure; without it the local region. */
  readonly stack?: string | undefined;
  /** State directory of the local region. */
  readonly stateDir: string;
  /** How long a slot may take to start. */
  readonly startMs?: number | undefined;
}

/** Opens the place to release to: the stack named, or the local region. Only what it needs is loaded. */
export async function openTarget({ stack, stateDir, startMs }: TargetChoice): Promise<ReleaseTarget> {
  if (stack !== undefined) {
    const { azureTarget } = await import('./azure-target.ts');
    return azureTarget({ stack, root, startMs });
  }
  const { localTarget } = await import('./local-target.ts');
  return localTarget({
    stateDir,
    startMs,
    evaluation: async () => {
      const { buildSidecarImage } = await import('../../local/worker/sidecar-image.ts');
      const { statePaths } = await import('../../local/state/paths.ts');
      const { evaluatedProgram } = await import('../../local/program/evaluated-program.ts');
      const { callRegion } = await import('../../local/control-socket.ts');
      const paths = statePaths(stateDir);
      const evaluation = await evaluatedProgram(paths, await buildSidecarImage(paths));
      // Secrets that the program has gained or rotated exist from now on, as after `pulumi up`.
      await callRegion(paths.controlSocket, 'adopt', ADOPT_MS);
      return evaluation;
    },
    lastEvaluation: async () => {
      const { statePaths } = await import('../../local/state/paths.ts');
      const { keptEvaluation } = await import('../../local/program/evaluated-program.ts');
      return keptEvaluation(statePaths(stateDir));
    },
    hasImage: async (image) => {
      const { pullImage } = await import('../../local/worker/sidecar-image.ts');
      const { statePaths } = await import('../../local/state/paths.ts');
      return (await pullImage(statePaths(stateDir), image)) !== undefined;
    },
    slotLog: () => stagingLog(stateDir),
  });
}

async function stagingLog(stateDir: string): Promise<readonly string[]> {
  const { regionStatus } = await import('../../local/region-client.ts');
  const { regionLogs } = await import('../../local/processes/logs.ts');
  const id = (await regionStatus({ stateDir }))?.slots.staging.instances[0]?.id;
  const lines: string[] = [];
  if (id === undefined) return lines;
  for await (const { line } of regionLogs({ stateDir, follow: false, process: `worker-${id}` })) lines.push(line);
  return lines;
}
