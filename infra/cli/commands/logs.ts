import { InvalidArgumentError } from 'commander';
import { visible } from '../../lib/visible.mjs';
import { defineCommand } from '../command.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

interface LogsOptions {
  readonly follow: boolean;
  readonly process?: string;
  readonly slot?: 'production' | 'staging';
  readonly since?: number;
  readonly trace?: string;
}

export const command = defineCommand<LogsOptions>({
  group: 'develop',
  region: 'state',
  summary: 'prints the logs of the local region',
  examples: ['slipway logs', 'slipway logs --follow --process sidecar', 'slipway logs --slot production --since 10m'],
  configure(command) {
    command
      .option('-f, --follow', 'keep printing new lines', false)
      .option(
        '--process <name>',
        'only this process, such as worker-a (nginx and php-fpm), sidecar, mysql; of the application worker.NAME, schedule',
      )
      .option('--slot <slot>', 'only what serves this slot now: production or staging', parseSlot)
      .option(
        '--since <time>',
        'only lines since then: 90s, 10m, 2h, 1d, or a time such as 2026-11-28T10:00Z',
        parseSince,
      )
      .option('--trace <id>', 'only lines of this trace');
  },
  async run({ options, output }) {
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
