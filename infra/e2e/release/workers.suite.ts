import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { regionStatus } from '../../local/region-client.ts';
import type { SlotStatus } from '../../local/status.ts';
import { swapByArm } from '../../testbed/arm-swap.ts';
import { eventually } from '../../testbed/eventually.ts';
import { long } from '../../testbed/long-form.ts';
import { allDone, QueueTraffic, withQueue } from '../../testbed/queue.ts';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

/** Pauses before a worker is started again double. */
const KILLS = 5;

/** An application with a worker and a schedule, while jobs keep coming. What was live before is not live again afterwards. */
export function describeWorkers(bed: () => ReleaseBed, releases: number): void {
  /** The instance of production. */
  async function running(): Promise<SlotStatus['instances'][number]> {
    const found = (await bed().region.status()).slots.production.instances[0];
    if (found === undefined) throw new Error('production has no instance');
    return found;
  }

  async function stagingHasNone(): Promise<void> {
    await eventually('no worker runs in staging', async () => {
      return (await bed().region.status()).slots.staging.instances[0]?.workers.length === 0;
    });
  }

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
      await allDone(traffic, taken);
      const { done, runs, minutes } = await traffic.seen();
      const place = (version: string) => versions.indexOf(version);
      expect(done.filter(({ doneBy, queuedBy }) => place(doneBy) < place(queuedBy))).toEqual([]);
      expect(new Set(done.map(({ doneBy }) => doneBy))).toEqual(new Set(versions));
      expect(runs).toBeGreaterThan(0);
      expect(runs).toBeLessThanOrEqual(minutes.length);
      // The run of the minute that has just begun may not have got that far.
      expect(runs).toBeGreaterThanOrEqual(minutes.length - 1);
      expect(minutes).toEqual(minutes.map((_, index) => (minutes[0] ?? 0) + index));
    });

    test('status shows them where they run, and staging has none', async () => {
      await eventually('the worker runs', async () => typeof (await running()).workers[0]?.pid === 'number');
      await stagingHasNone();
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
      test('kills of the worker and of php-fpm lose no job', async () => {
        const traffic = new QueueTraffic(bed().connection.production);
        const pids = {
          worker: async () => (await running()).workers[0]?.pid ?? null,
          phpFpm: async () => (await running()).processes.phpFpm,
        };
        for (let round = 0; round < KILLS; round++) {
          for (const pid of Object.values(pids)) {
            await eventually('it runs', async () => (await pid()) !== null);
            const before = await pid();
            process.kill(before ?? 0, 'SIGKILL');
            await eventually('it is back', async () => ![null, before].includes(await pid()));
          }
        }
        await allDone(traffic, await traffic.stop());
      });

      test.each(['drain', 'swap', 'verify production'])(
        'a region that is killed with -9 during "%s" loses no job, and nothing runs in staging afterwards',
        async (step) => {
          const { file, version } = await bed().variant(withQueue);
          const before = await bed().liveVersion();
          const traffic = new QueueTraffic(bed().connection.production);
          const { pid = 0 } = (await regionStatus(bed().region)) ?? {};
          const child = bed().region.spawn('release', '--package', file, '--p95', '10000', '--watch', '0', '--json');
          const ended = finished(child);
          await reaches(child, step);
          process.kill(pid, 'SIGKILL');
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
          await allDone(traffic, taken);
          await bed().stagedVersion();
          const { production, staging } = (await bed().region.status()).slots;
          expect([production.declared, staging.declared]).toEqual([live, null]);
          // A slot that is still prepared has a supervisor, which starts nothing.
          expect(staging.instances[0]?.workers.filter(({ pid }) => pid !== null)).toEqual([]);
        },
      );
    }

    test('after a swap by hand those of the old version have ended, and those of the new one wait for heal', async () => {
      await bed().stagedVersion();
      await swapByArm(bed().connection);
      const production = async () => (await bed().region.status()).slots.production;
      expect((await production()).declared).toBeNull();
      // The platform restarts it as staging.
      await stagingHasNone();
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
