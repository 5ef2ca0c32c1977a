import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { swapByArm } from '../../testbed/arm-swap.ts';
import { eventually } from '../../testbed/eventually.ts';
import { long } from '../../testbed/long-form.ts';
import { QueueTraffic, withQueue } from '../../testbed/queue.ts';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

/** An application with a worker and a schedule, while jobs keep coming. What was live before is not live again afterwards. */
export function describeWorkers(bed: () => ReleaseBed, releases: number): void {
  describe('workers and schedule', () => {
    test(`${releases} releases lose no job and have none done by an older version; the schedule runs once a minute`, async () => {
      const packages = [];
      for (let count = 0; count <= releases; count++) packages.push(await bed().variant(withQueue));
      const versions = packages.map(({ version }) => version);
      const [begins, ...others] = packages;
      await bed().done('release', '--package', begins?.file ?? '');
      const traffic = new QueueTraffic(bed().connection.production);
      try {
        for (const { file } of others) await bed().done('release', '--package', file);
      } finally {
        await traffic.stop();
      }
      const taken = await traffic.stop();
      await eventually('every job is done', async () => {
        const ids = new Set((await traffic.seen()).done.map(({ id }) => id));
        return taken.every((id) => ids.has(id));
      });
      const { done, runs } = await traffic.seen();
      const place = (version: string) => versions.indexOf(version);
      expect(done.filter(({ doneBy, queuedBy }) => place(doneBy) < place(queuedBy))).toEqual([]);
      expect(new Set(done.map(({ doneBy }) => doneBy))).toEqual(new Set(versions));
      const minutes = runs.map(({ minute }) => minute);
      expect(minutes).toEqual([...new Set(minutes)]);
      expect(minutes).toEqual(minutes.map((_, index) => (minutes[0] ?? 0) + index));
    });

    test('status shows them where they run, and staging has none', async () => {
      const { production, staging } = (await bed().region.status()).slots;
      expect(production).toMatchObject({
        declared: production.version,
        instances: [
          {
            workers: [{ name: 'queue', pid: expect.any(Number), restarts: 0, lastExit: null }],
            schedule: [{ entry: '* * * * *' }],
          },
        ],
      });
      expect(staging).toMatchObject({ declared: null, instances: [{ workers: [], schedule: [] }] });
    });

    if (long) {
      test.each(['drain', 'swap', 'verify production'])(
        'a region that is killed with -9 during "%s" loses no job, and nothing runs in staging afterwards',
        async (step) => {
          const { file, version } = await bed().variant(withQueue);
          const before = await bed().liveVersion();
          const traffic = new QueueTraffic(bed().connection.production);
          const child = bed().region.spawn('release', '--package', file, '--p95', '10000', '--watch', '0', '--json');
          const ended = finished(child);
          await reaches(child, step);
          process.kill((await bed().region.status()).pid, 'SIGKILL');
          await ended;
          await bed().region.start();
          const live = await bed().liveVersion();
          expect([before, version]).toContain(live);
          await eventually('a job that is queued now is done', async () => {
            const from = (await traffic.seen()).done.length;
            await sleep(1_000);
            return (await traffic.seen()).done.length > from;
          });
          const taken = await traffic.stop();
          await eventually('every job is done', async () => {
            const ids = new Set((await traffic.seen()).done.map(({ id }) => id));
            return taken.every((id) => ids.has(id));
          });
          await bed().stagedVersion();
          expect((await bed().region.status()).slots).toMatchObject({
            production: { declared: live },
            staging: { declared: null, instances: [{ workers: [] }] },
          });
        },
      );
    }

    test('after a swap by hand they wait for heal', async () => {
      await bed().stagedVersion();
      await swapByArm(bed().connection);
      const production = async () => (await bed().region.status()).slots.production;
      expect((await production()).declared).toBeNull();
      const { code } = await bed().region.command('heal');
      expect(code).toBe(0);
      await eventually('the worker runs', async () => {
        const { version, declared, instances } = await production();
        return declared === version && typeof instances[0]?.workers[0]?.pid === 'number';
      });
      expect((await bed().region.status()).slots.staging).toMatchObject({
        declared: null,
        instances: [{ workers: [] }],
      });
    });
  });
}
