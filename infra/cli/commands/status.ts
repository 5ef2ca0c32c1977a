import { parseApplicationWorkers } from '../../lib/application-workers.ts';
import { SlipError } from '../../lib/errors.ts';
import { visible } from '../../lib/visible.mjs';
import { type CommonOptions, defineCommand } from '../command.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';
import { workersText } from '../views/workers-text.ts';

export const command = defineCommand<TargetOptions>({
  group: 'operate',
  region: 'state',
  summary: 'shows slots, versions, processes, media and the last release',
  examples: ['slipway status', 'slipway status --json', 'slipway status --stack prod'],
  configure: addTargetOptions,
  async run({ options, output }) {
    const { releaseSummaryText } = await import('../views/release-summary-text.ts');
    if (options.stack !== undefined) {
      const releases = await releaseSummary(options);
      const { production, staging } = releases.versions;
      const workers = (releases.workers?.instances ?? []).flatMap(instanceText);
      const text = `production  ${visible(production?.version ?? 'no release answers')}\nstaging     ${visible(staging?.version ?? 'no release answers')}\n${workers.map((line) => `            ${visible(line)}\n`).join('')}`;
      output.result({ region: options.stack, ...releases }, text + releaseSummaryText(releases));
      return;
    }
    const [{ regionStatus }, { statusText }] = await Promise.all([
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
    const { lastRelease = null, rollback = null, inProgress = null, rows = null } = releases ?? {};
    output.result(
      { ...status, lastRelease, rollback, inProgress, rows },
      statusText(status) +
        (releases === undefined ? '\nreleases    history cannot be read\n' : `\n${releaseSummaryText(releases)}`),
    );
  },
});

/** An instance of a stack has a long name, of which the beginning tells it from the others. */
function instanceText(report: Readonly<Record<string, unknown>>): string[] {
  const name = String(report.instance ?? '').slice(0, 8);
  return workersText(parseApplicationWorkers(report)).map((line) => `${name}: ${line}`);
}

async function releaseSummary(options: TargetOptions & CommonOptions) {
  const { summarizeReleases } = await import('../../release/summary.ts');
  return summarizeReleases(await releaseTarget(options));
}
