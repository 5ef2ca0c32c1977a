import { setTimeout as sleep } from 'node:timers/promises';
import { SlipError } from '../../lib/errors.ts';
import type { ReleaseSummary } from '../../release/summary.ts';
import { type CommonOptions, defineCommand } from '../command.ts';
import type { Output } from '../output.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

const WATCH_MS = 2_000;
/** A stack is some forty questions, which Azure counts. */
const STACK_WATCH_MS = 30_000;
/** What a region says of its releases while Blob is unavailable. */
const UNREAD: Partial<Record<keyof ReleaseSummary, null>> = {
  lastRelease: null,
  rollback: null,
  inProgress: null,
  rows: null,
  workers: null,
  findings: null,
  drift: null,
};

interface StatusOptions extends TargetOptions {
  readonly watch: boolean;
}

/** What a command shows: for machines, and for people. */
interface Shown {
  readonly value: object;
  readonly text: string;
}

export const command = defineCommand<StatusOptions>({
  group: 'operate',
  region: 'state',
  summary: 'shows what is wrong, slots, versions, processes, media and the last release',
  examples: ['slipway status', 'slipway status --watch', 'slipway status --json', 'slipway status --stack prod'],
  configure(command) {
    addTargetOptions(command);
    command.option('-w, --watch', 'show it again every 2 s, a stack every 30 s, until Ctrl-C', false);
  },
  async run({ options, output }) {
    const read = options.stack === undefined ? () => localStatus(options) : await statusOfStack(options, output);
    if (!options.watch) {
      const { value, text } = await read();
      output.result(value, text);
      return;
    }
    const { WatchedText } = await import('../views/watched-text.ts');
    const watched = new WatchedText(output);
    for (;;) {
      const { value, text } = await read();
      watched.show(value, text);
      await sleep(options.stack === undefined ? WATCH_MS : STACK_WATCH_MS);
    }
  },
});

/** The outputs of the stack are read once, however often it is shown. */
async function statusOfStack(
  options: TargetOptions & CommonOptions,
  output: Pick<Output, 'progress'>,
): Promise<() => Promise<Shown>> {
  const [{ stackOf }, { stackStatus }, { stackStatusText }] = await Promise.all([
    import('../../operate/stack.ts'),
    import('../../operate/stack-status.ts'),
    import('../views/stack-status-text.ts'),
  ]);
  output.progress('reading the outputs of the stack');
  const target = await releaseTarget(options);
  output.progress('asking Azure');
  return async () => {
    const status = await stackStatus(stackOf(target));
    return { value: status, text: stackStatusText(status, new Date()) };
  };
}

async function localStatus(options: TargetOptions & CommonOptions): Promise<Shown> {
  const [{ releaseSummaryText }, { regionStatus }, { statusText }] = await Promise.all([
    import('../views/release-summary-text.ts'),
    import('../../local/region-client.ts'),
    import('../views/status-text.ts'),
  ]);
  const status = await regionStatus({ stateDir: options.state });
  if (status === undefined) {
    throw new SlipError('SLIP-LOCAL-NOT-RUNNING', {
      found: `no local region runs on ${options.state}`,
      expected: 'one that was started',
      fix: 'npm start',
    });
  }
  // History cannot be read while Blob is unavailable; the rest is shown all the same.
  const releases = await releaseSummary(options).catch(() => undefined);
  const { versions: _, ...shown } = releases ?? UNREAD;
  const more = releases === undefined ? 'releases    history cannot be read\n' : releaseSummaryText(releases);
  return { value: { ...status, ...shown }, text: `${statusText(status)}\n${more}` };
}

async function releaseSummary(options: TargetOptions & CommonOptions) {
  const { summarizeReleases } = await import('../../release/summary.ts');
  return summarizeReleases(await releaseTarget(options));
}
