import { InvalidArgumentError } from 'commander';
import { visible } from '../../lib/visible.mjs';
import { type CommonOptions, defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

/** Of a stack on Azure, when no other is asked for. */
const STACK_BACK_MS = 3_600_000;
const STACK_PROCESS = /^(app|sidecar|platform|requests|schedule|worker\.[a-z0-9-]+)$/;
const TRACE = /^[0-9a-f]{4,32}$/i;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

interface LogsOptions extends TargetOptions {
  readonly follow: boolean;
  readonly process?: string;
  readonly slot?: 'production' | 'staging';
  readonly since?: number;
  readonly trace?: string;
}

export const command = defineCommand<LogsOptions>({
  group: 'operate',
  region: 'state',
  summary: 'prints the logs; of a stack on Azure also what a slot that does not answer wrote while it started',
  examples: [
    'slipway logs',
    'slipway logs --follow --process sidecar',
    'slipway logs --slot production --since 10m',
    'slipway logs --stack prod --slot staging',
    'slipway logs --stack prod --process requests --since 30m',
  ],
  configure(command) {
    addTargetOptions(command);
    command
      .option('-f, --follow', 'keep printing new lines', false)
      .option(
        '--process <name>',
        'only this process, such as worker-a (nginx and php-fpm), sidecar, mysql; with --stack app, sidecar, platform, requests; of the application worker.NAME, schedule',
      )
      .option('--slot <slot>', 'only what serves this slot now: production or staging', parseSlot)
      .option(
        '--since <time>',
        'only lines since then: 90s, 10m, 2h, 1d, or a time such as 2026-11-28T10:00Z; with --stack 1h unless given',
        parseSince,
      )
      .option('--trace <id>', 'only lines of this trace');
  },
  async run({ options, output }) {
    if (options.stack !== undefined) return logsOfStack(options, output);
    const { regionLogs } = await import('../../local/processes/logs.ts');
    const { state: stateDir, follow, process, slot, since, trace } = options;
    const choice = {
      ...(process === undefined ? {} : { process }),
      ...(slot === undefined ? {} : { slot }),
      ...(since === undefined ? {} : { since }),
      ...(trace === undefined ? {} : { trace }),
    };
    for await (const { process: name, line } of regionLogs({ stateDir, follow, ...choice })) {
      output.result({ process: name, line }, visible(`${name}  ${line}`));
    }
  },
});

async function logsOfStack(options: LogsOptions & CommonOptions, output: Output): Promise<void> {
  const { follow, process, slot, since = Date.now() - STACK_BACK_MS, trace } = options;
  if (process !== undefined && !STACK_PROCESS.test(process)) {
    throw new UsageError(
      `a stack has no process "${process}"`,
      'app, sidecar, platform, requests, schedule or worker.NAME',
    );
  }
  if (trace !== undefined && !TRACE.test(trace))
    throw new UsageError(`"${trace}" is no trace id`, 'its hexadecimal digits');
  const [{ stackOf }, { stackLogs }, { stackLogText }] = await Promise.all([
    import('../../operate/stack.ts'),
    import('../../operate/stack-logs.ts'),
    import('../views/stack-log-text.ts'),
  ]);
  const stack = stackOf(await releaseTarget(options));
  const choice = {
    since,
    follow,
    ...(process === undefined ? {} : { process }),
    ...(slot === undefined ? {} : { slot }),
    ...(trace === undefined ? {} : { trace: trace.toLowerCase() }),
  };
  for await (const event of stackLogs(stack, choice)) {
    output.result('line' in event ? event.line : event, stackLogText(event));
  }
}

function parseSlot(text: string): 'production' | 'staging' {
  if (text === 'production' || text === 'staging') return text;
  throw new InvalidArgumentError('It is "production" or "staging".');
}

/** Milliseconds since 1970. */
function parseSince(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : Date.now() - Number(count) * (UNIT_MS[unit] ?? 0);
  if (Number.isNaN(at))
    throw new InvalidArgumentError('It is a duration such as 10m, or a time such as 2026-11-28T10:00Z.');
  return at;
}
