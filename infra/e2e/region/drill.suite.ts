import { describe, expect, test } from '@jest/globals';
import type { RestoreDrillResult } from '../../drill/restore-drill.ts';
import { sql } from '../../testbed/database.ts';
import { eventually } from '../../testbed/eventually.ts';
import type { TestRegion } from '../../testbed/region.ts';

export function describeDrill(region: () => TestRegion): void {
  describe('drill restore', () => {
    async function blobs(): Promise<string[]> {
      const found: string[] = [];
      for await (const { name } of (await region().media()).listBlobsFlat({ includeSnapshots: true })) found.push(name);
      return found;
    }

    test('restores database and media beside production, finds them equal, and leaves nothing', async () => {
      const connection = await region().connection();
      for (let image = 0; image < 3; image++) {
        const answer = await fetch(`${connection.production}/api/generate-image`, { method: 'POST' });
        expect(answer.status).toBe(201);
      }
      await eventually('the images are in Blob', async () => (await blobs()).length >= 3);
      const before = await blobs();
      const { code, stdout, stderr } = await region().command('drill', 'restore', '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const result = JSON.parse(stdout) as RestoreDrillResult;
      expect(new Set(result.database.tables.map(({ verdict }) => verdict))).toEqual(new Set(['equal']));
      expect(result.database.tables.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThanOrEqual(3);
      expect(result.media).toMatchObject({ files: before.length, different: [], lost: [] });
      expect(result.lost).toEqual({ rows: 0, files: 0 });
      expect(await blobs()).toEqual(before);
      expect(await sql(connection, 'SHOW DATABASES')).not.toContain('drill');
      expect((await fetch(`${connection.production}/api/health`)).status).toBe(200);
    });
  });
}
