import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';
import { type ProgramResult, runProgram } from '../../lib/run-program.ts';
import { type Change, changesOf } from './change-list.ts';

const LIMIT_MS = 30 * 60_000;
/** A preview names every resource of the stack with its old and new state. */
const KEPT_BYTES = 64 * 1024 * 1024;

export interface PreviewOptions {
  readonly stack: string;
  /** Directory of Pulumi.yaml. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether Azure is asked for the present state of every resource first. */
  readonly refresh?: boolean;
}

/** What `pulumi up` would change. Throws SLIP-PLAN-PREVIEW when Pulumi cannot say. */
export async function previewChanges({ stack, root, environment, refresh = false }: PreviewOptions): Promise<Change[]> {
  const result = await runProgram({
    program: 'npx',
    args: [
      ...['--no-install', 'pulumi', 'preview', '--json', '--non-interactive', '--stack', stack],
      ...(refresh ? ['--refresh'] : []),
    ],
    cwd: root,
    // Pulumi's program, provider and state find their sign-in by the same variables as by hand.
    environment: Object.fromEntries(
      Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    timeoutMs: LIMIT_MS,
    keptBytes: KEPT_BYTES,
  });
  const changes = result.code === 0 ? changesOf(parseObject(result.stdout)) : undefined;
  if (changes !== undefined) return changes;
  throw new SlipError('SLIP-PLAN-PREVIEW', {
    found: `the preview of stack ${stack} failed: ${reasonOf(result)}`,
    expected: 'what `pulumi preview --json` prints',
    fix: `run \`npx pulumi preview --stack ${stack}\`, which says more`,
  });
}

function reasonOf({ stdout, stderr, timedOut, code }: ProgramResult): string {
  if (timedOut) return 'it took longer than half an hour';
  const said = `${stderr}\n${stdout}`.split('\n').find((line) => /error|failed/i.test(line));
  return (said ?? `exit code ${code}`).trim().slice(0, 300);
}
