import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { finished, TestRegion } from '../../testbed/region.ts';
import type { RegionBed } from '../../testbed/region-bed.ts';

export function describeStart(bed: () => RegionBed): void {
  describe('npm start', () => {
    test('says that the region is up and changes nothing when it is', async () => {
      const before = await bed().region.status();
      const { stateDir, port } = bed().region;
      const { code, stdout } = await bed().region.command('start');
      expect(code).toBe(0);
      expect(stdout).toMatch(/already up/);
      expect(stdout).toContain(`./slipway release --state ${stateDir}`);
      expect(stdout).toContain(`npm start -- --state ${stateDir} --port ${port}`);
      expect((await bed().region.status()).slots.production.since).toBe(before.slots.production.since);
    });

    test('after the region was killed leaves no orphan and loses no image', async () => {
      const { region } = bed();
      const { image } = await bed().makeImage();
      const { pid } = await region.status();
      process.kill(pid, 'SIGKILL');
      await eventually('its processes ended with it', async () => (await region.processes()).length === 0);
      await bed().start();
      expect(await bed().read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
    });

    test('twice at the same time starts one region', async () => {
      const { region } = bed();
      expect((await region.command('stop')).code).toBe(0);
      const both = await Promise.all([region.command('start'), region.command('start')]);
      expect(both.map(({ code }) => code)).toEqual([0, 0]);
      await bed().start();
      expect((await bed().makeImage()).status).toBe(201);
    });

    test('interrupted in the middle leaves no process, and the next one works', async () => {
      const { region } = bed();
      expect((await region.command('stop')).code).toBe(0);
      const child = region.spawn('start');
      const ended = finished(child);
      await eventually('it is starting', async () => (await region.processes()).length > 3);
      child.kill('SIGINT');
      expect((await ended).code).not.toBe(0);
      await eventually('no process is left', async () => (await region.processes()).length === 0);
      await bed().start();
      expect((await bed().makeImage()).image.durable).toBe(true);
    });

    test('with its port in use says which, and what to do', async () => {
      const other = await TestRegion.create();
      const squatter = createServer();
      await new Promise<void>((resolve) => squatter.listen(other.port, '127.0.0.1', resolve));
      const { code, stderr } = await other.command('start');
      squatter.close();
      expect(code).toBe(1);
      expect(stderr).toContain('SLIP-LOCAL-PORT-IN-USE');
      expect(stderr).toContain(String(other.port));
      expect(stderr).not.toMatch(/\n\s+at /);
      await other.remove();
    });
  });
}
