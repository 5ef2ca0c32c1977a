import { SlipError } from '../../lib/errors.ts';
import { visible } from '../../lib/visible.mjs';
import { defineCommand } from '../command.ts';
import { parseNumber } from '../parse-number.ts';

interface TracesOptions {
  readonly slow: boolean;
  readonly failed: boolean;
  readonly find?: string;
  readonly limit: number;
}

/** The logs of a trace begin a little before it: clocks of processes are one, times of lines are whole seconds. */
const LOGS_BEFORE_MS = 60_000;
const LOGS_SHOWN = 200;

export const command = defineCommand<TracesOptions>({
  group: 'develop',
  region: 'state',
  summary: 'lists the requests that the application traced, or shows one with its whole path and its logs',
  examples: ['slipway traces', 'slipway traces --slow', 'slipway traces 3edb1caa'],
  configure(command) {
    command
      .argument('[id]', 'a trace, or the beginning of its id')
      .option('--slow', 'the slowest that are kept, the slowest first', false)
      .option('--failed', 'only those that failed', false)
      .option('--find <text>', 'only those with this text in a path, a call, a status, an id or a version')
      .option('--limit <number>', 'show this many', parseNumber(1, 10_000), 20);
  },
  async run({ args: [id], options, output }) {
    const [{ listTraces, readTrace }, { traceText, tracesText }] = await Promise.all([
      import('../../local/telemetry/traces.ts'),
      import('../views/traces-text.ts'),
    ]);
    if (id === undefined) {
      const { slow, failed, find, limit, state } = options;
      const traces = await listTraces(state, { slow, failed, limit, ...(find === undefined ? {} : { text: find }) });
      output.result(traces, tracesText(traces, new Date()));
      return;
    }
    const spans = await readTrace(options.state, id);
    const [first] = spans;
    if (first === undefined) throw noTrace(id);
    const { newestLogs } = await import('../../local/processes/logs.ts');
    const choice = { trace: first.trace, since: first.at - LOGS_BEFORE_MS };
    const logs = await newestLogs(options.state, choice, LOGS_SHOWN);
    output.result({ id: first.trace, spans, logs }, traceText(spans, logs));
  },
});

function noTrace(id: string): SlipError {
  return new SlipError('SLIP-LOCAL-TRACE', {
    found: `no trace begins with ${visible(id)}`,
    expected: 'one that is kept: the newest 32 MB of telemetry are, and it arrives some seconds after the request',
    fix: './slipway traces lists them',
  });
}
