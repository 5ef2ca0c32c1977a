import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { finished } from '../../testbed/region.ts';
import type { RegionBed } from '../../testbed/region-bed.ts';

export function describeState(bed: () => RegionBed): void {
  describe('the state directory', () => {
    test('is for its owner alone', async () => {
      const { stateDir } = bed().region;
      expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
      expect((await stat(join(stateDir, 'connection.json'))).mode & 0o777).toBe(0o600);
    });

    test('half deleted while stopped is completed, and what was made before is still there', async () => {
      const { image } = await bed().makeImage();
      expect((await bed().region.command('stop')).code).toBe(0);
      for (const part of ['tls', 'front', 'ports.json', 'evaluation.json', 'processes', 'images', 'mounts', 'redis']) {
        await rm(join(bed().region.stateDir, part), { recursive: true, force: true });
      }
      const { cacheApiToken, releaseToken, managementToken } = bed().connection;
      await bed().start();
      expect(await bed().read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
      expect((await bed().makeImage()).image.durable).toBe(true);
      expect(bed().connection).toMatchObject({ cacheApiToken, releaseToken, managementToken });
    });

    test('is the only one that reset removes', async () => {
      const other = await mkdtemp(join(tmpdir(), 'sw-not-a-region-'));
      await mkdir(join(other, 'logs'));
      const { code, stderr } = await finished(
        spawn(process.execPath, [join(bed().region.root, 'infra/cli/main.ts'), 'reset', '--state', other]),
      );
      expect([code, stderr.includes('SLIP-LOCAL-NOT-STATE')]).toEqual([1, true]);
      await rm(other, { recursive: true });
    });
  });
}

export function describeStop(bed: () => RegionBed): void {
  test('npm stop leaves no process, no socket and no temporary file', async () => {
    const { region } = bed();
    expect((await region.command('stop')).code).toBe(0);
    expect(await region.processes()).toEqual([]);
    const { stdout } = await finished(
      spawn('find', [region.stateDir, '(', '-type', 's', '-o', '-name', '*.tmp', '-o', '-name', '*.pid', ')']),
    );
    expect(stdout).toBe('');
    expect(await readFile(join(region.stateDir, 'site.json'), 'utf8')).toContain('production');
  });
}
