import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { swapAwayByArm, swapByArm } from '../../testbed/arm-swap.ts';
import { eventually } from '../../testbed/eventually.ts';
import { long } from '../../testbed/long-form.ts';
import { makeDurableImage, makeImage, readImage } from '../../testbed/made-image.ts';
import { finished, TestRegion } from '../../testbed/region.ts';

const lost = ['tls', 'front', 'ports.json', 'evaluation.json', 'processes', 'images', 'mounts', 'redis'];

export function describeStart(region: () => TestRegion): void {
  describe('the state directory', () => {
    test('is for its owner alone', async () => {
      expect((await stat(region().stateDir)).mode & 0o777).toBe(0o700);
      expect((await stat(join(region().stateDir, 'connection.json'))).mode & 0o777).toBe(0o600);
    });

    test('is the only one that reset removes', async () => {
      const other = await mkdtemp(join(tmpdir(), 'sw-not-a-region-'));
      await mkdir(join(other, 'logs'));
      const { code, stderr } = await finished(
        spawn(process.execPath, [join(region().root, 'infra/cli/main.ts'), 'reset', '--state', other]),
      );
      expect([code, stderr.includes('SLIP-LOCAL-NOT-STATE')]).toEqual([1, true]);
      await rm(other, { recursive: true });
    });
  });

  describe('npm start', () => {
    test('says that the region is up and changes nothing when it is', async () => {
      const before = await region().status();
      const { root, stateDir, port } = region();
      const { code, stdout } = await region().command('start');
      expect(code).toBe(0);
      expect(stdout).toMatch(/already up/);
      // As short as it can be said where the command ran.
      const options = `--state ${relative(root, stateDir)}`;
      expect(stdout).toContain(`./slipway release ${options}`);
      expect(stdout).toContain(`npm start -- ${options} --port ${port}`);
      expect((await region().status()).slots.production.since).toBe(before.slots.production.since);
    });

    test('says that production is empty when an empty slot was swapped into it, and where the live version is', async () => {
      const live = (await region().status()).slots.production.version;
      expect((await region().status()).slots.staging.deployed).toBe(false);
      await swapAwayByArm(await region().connection());
      const { code, stderr } = await region().command('start');
      expect(code).toBe(1);
      expect(stderr).toContain('SLIP-LOCAL-PRODUCTION-EMPTY');
      expect(stderr).toContain(`${live}, which history calls live, is in staging`);
      await swapByArm(await region().connection());
      await region().start();
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

    test('twice at the same time heals what a killed region left, as one region: no orphan, no image lost', async () => {
      const { image } = await makeImage(region());
      const { pid } = await region().status();
      process.kill(pid, 'SIGKILL');
      await region().isEmpty();
      const both = await Promise.all([region().command('start'), region().command('start')]);
      expect(both.map(({ code }) => code)).toEqual([0, 0]);
      expect(await readImage(region(), image.url)).toEqual({ status: 200, sha256: image.sha256 });
    });

    if (long) {
      test('heals a half deleted state, also after a start that was interrupted and left no process', async () => {
        const { image } = await makeImage(region());
        const { cacheApiToken, releaseToken, managementToken } = await region().connection();
        expect((await region().command('stop')).code).toBe(0);
        for (const part of lost) await rm(join(region().stateDir, part), { recursive: true, force: true });

        const child = region().spawn('start');
        const ended = finished(child);
        await eventually('it is starting', async () => (await region().processes()).length > 3);
        child.kill('SIGINT');
        expect((await ended).code).not.toBe(0);
        await region().isEmpty();

        await region().start();
        expect(await readImage(region(), image.url)).toEqual({ status: 200, sha256: image.sha256 });
        await makeDurableImage(region());
        expect(await region().connection()).toMatchObject({ cacheApiToken, releaseToken, managementToken });
      });
    }
  });

  test('npm stop leaves no process, no socket and no temporary file', async () => {
    expect((await region().command('stop')).code).toBe(0);
    await region().isEmpty();
    const { stdout } = await finished(
      spawn('find', [region().stateDir, '(', '-type', 's', '-o', '-name', '*.tmp', '-o', '-name', '*.pid', ')']),
    );
    expect(stdout).toBe('');
    expect(await readFile(join(region().stateDir, 'site.json'), 'utf8')).toContain('production');
  });
}
