import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CommittedCheckout } from '../../testbed/committed-checkout.ts';
import { cacheTraffic, visitors } from '../../testbed/load.ts';
import { long } from '../../testbed/long-form.ts';
import { type JobResult, PipelineJobs } from '../../testbed/pipeline-job.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

/** The release commands as the pipelines have them, while visitors keep coming. The first version is live again afterwards. */
export function describePipeline(bed: () => ReleaseBed): void {
  describe('the commands of the pipelines, against the local region under load', () => {
    let checkout: CommittedCheckout;
    let jobs: PipelineJobs;
    beforeAll(async () => {
      checkout = await CommittedCheckout.create();
      jobs = new PipelineJobs(checkout.root, bed().region.stateDir);
    });
    afterAll(() => checkout.remove());

    /** Runs jobs under load; none of the visitors' requests may fail. Returns the versions that were live after each. */
    async function underLoad(...parts: readonly (() => Promise<JobResult>)[]) {
      const { connection } = bed();
      // The build of the package runs beside it on the same machine; load.suite.ts has the heavier load.
      const pings = visitors(`${connection.production}/api/ping`, 4);
      const cache = cacheTraffic(connection);
      const results: (JobResult & { readonly live: string })[] = [];
      try {
        for (const part of parts) results.push({ ...(await part()), live: await bed().liveVersion() });
      } finally {
        await Promise.all([pings.stop(), cache.stop()]);
      }
      const [ping, values] = await Promise.all([pings.stop(), cache.stop()]);
      expect([ping.failures, values.failures]).toEqual([[], []]);
      expect(ping.requests).toBeGreaterThan(long ? 100 : 50);
      return results;
    }

    const back = () => jobs.github('rollback', 'rollback', { STACK: 'dev', TO: '' });
    const github = [() => jobs.github('deliver', 'release-dev'), back, () => jobs.github('deliver', 'prod'), back];
    const azureDevops = [() => jobs.azureDevops('dev', 'release'), back, () => jobs.azureDevops('prod', 'prod'), back];
    // Both have the same commands, which pipelines.test.ts compares; the package is released as load.suite.ts does it.
    const pipelines: [string, (() => Promise<JobResult>)[]][] = long
      ? [
          ['.github/workflows/deliver.yml', github],
          ['azure-pipelines.yml', azureDevops],
        ]
      : [['.github/workflows/deliver.yml', github.slice(0, 2)]];
    test.each(pipelines)(
      '%s releases a commit, and the same package where it is approved: 0 failed',
      async (file, parts) => {
        const { first } = bed();
        await checkout.commit('webapplication/src/Controller/Home.php', (php) => `${php}\n// ${file}\n`);
        const results = await underLoad(...parts);
        expect(results.map(({ code, said }) => (code === 0 ? 0 : said))).toEqual(parts.map(() => 0));
        const [version = '', ...others] = results.map(({ live }) => live);
        expect(version).not.toBe(first);
        expect(others).toEqual([first, version, first].slice(0, others.length));
      },
    );

    test('what a release wrote has not drifted', async () => {
      const { code, stdout } = await bed().region.command('drift');
      expect([code, stdout.trim()]).toEqual([0, 'nothing has drifted']);
    });

    test('a commit that breaks the application fails the job and leaves production as it was', async () => {
      const live = await bed().liveVersion();
      await checkout.commit('webapplication/src/Controller/Ping.php', (php) =>
        php.replace('return new', "throw new \\RuntimeException('broken');\n        return new"),
      );
      const results = await underLoad(() => jobs.github('deliver', 'release-dev'));
      expect(results).toEqual([{ code: 1, live, said: expect.stringMatching(/SLIP-RELEASE-\w+/) }]);
    });
  });
}
