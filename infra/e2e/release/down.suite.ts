import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

/** Production is down: a release is the way to fix it. */
export function describeDown(bed: () => ReleaseBed): void {
  describe('while production answers nothing but 503', () => {
    test('a release goes live, names what was there before, and can be rolled back to it', async () => {
      const flag = join(bed().region.stateDir, 'down');
      const broken = await bed().variant({
        'public/index.php': (php) =>
          php.replace('use App', `if (is_file('${flag}')) { http_response_code(503); exit; }\nuse App`),
      });
      const down = await bed().done('release', '--package', broken.file);
      const { file, version } = await bed().variant();
      await writeFile(flag, '');
      try {
        await expect(bed().liveVersion()).rejects.toThrow('503');
        expect(await bed().done('release', '--package', file)).toMatchObject({
          version,
          outcome: 'live',
          from: broken.version,
          replaced: down.id,
          requests: { sent: 0 },
        });
      } finally {
        await rm(flag);
      }
      expect(await bed().liveVersion()).toBe(version);
      expect(await bed().done('rollback')).toMatchObject({ version: broken.version, restored: down.id });
      expect(await bed().liveVersion()).toBe(broken.version);
    });
  });
}
