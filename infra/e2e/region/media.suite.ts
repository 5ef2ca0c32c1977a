import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Imported } from '../../release/media/media-import.ts';
import type { MediaState } from '../../release/media/media-state.ts';
import { eventually } from '../../testbed/eventually.ts';
import type { TestRegion } from '../../testbed/region.ts';

export function describeMedia(region: () => TestRegion): void {
  describe('media', () => {
    test('import brings what Blob can hold, through an outbox, and lists the rest with its reason', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sw-import-'));
      try {
        for (const name of ['a b.txt', 'a:b.txt', '.DS_Store', 'Case.txt', 'case.txt']) {
          await writeFile(join(directory, name), name);
        }
        const { code, stdout } = await region().command('media', 'import', directory, '--json');
        const imported = JSON.parse(stdout) as Imported;
        expect({ code, files: imported.files }).toEqual({ code: 0, files: 2 });
        expect(imported.skipped.map(({ name }) => name).sort()).toEqual(['.DS_Store', 'a:b.txt', 'case.txt']);
        await eventually('the file is in Blob', async () => (await region().media()).getBlobClient('a b.txt').exists());
        const { production } = await region().connection();
        const answer = await fetch(`${production}/media/a%20b.txt`);
        expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: 'a b.txt' });
      } finally {
        await rm(directory, { recursive: true });
      }
    });

    test('set-aside takes what the sidecar does not carry out of the outbox, and keeps it', async () => {
      const { outbox, home } = (await region().connection()).slots.production;
      await writeFile(join(outbox, '.abandoned'), 'kept');
      const isStuck = async (): Promise<boolean> => {
        const { stdout } = await region().command('media', 'list', '--json');
        const { production } = JSON.parse(stdout) as { readonly production: MediaState };
        return production.stuck.some(({ name }) => name === '.abandoned');
      };
      await eventually('the file is reported', async () => {
        const { media } = (await region().status()).slots.production;
        return media?.stuck.some(({ name }) => name === '.abandoned') ?? false;
      });
      expect(await isStuck()).toBe(true);
      const { code, stdout } = await region().command('media', 'set-aside', '.abandoned', '--json');
      const { movedTo } = JSON.parse(stdout) as { readonly movedTo: string };
      expect({ code, stuck: await isStuck() }).toEqual({ code: 0, stuck: false });
      expect(await readFile(join(home, 'media/set-aside', movedTo), 'utf8')).toBe('kept');
    });
  });
}
