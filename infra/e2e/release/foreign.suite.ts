import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { HistoryEntry } from '../../release/store/history.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

/** Somebody can write to the releases container, and has no access to the secrets of the region. */
export function describeForeignWriter(bed: () => ReleaseBed): void {
  describe('a foreign package with lines of history that name it', () => {
    test('is never what a rollback runs', async () => {
      const { version: current } = await bed().done('release', '--package', (await bed().variant()).file);
      const wasLive = (await bed().history()).filter(({ outcome }) => outcome === 'live');
      const [live, before] = [wasLive[0], wasLive.find(({ version }) => version !== current)];
      if (live === undefined || before === undefined) throw new Error('two versions were live');

      const foreign = await bed().variant();
      const bytes = await readFile(foreign.file);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const { releases, stack } = await bed().target();
      await releases.getBlockBlobClient(`packages/${sha256}.zip`).uploadData(bytes);
      const history = releases.getAppendBlobClient(`${stack}/history.jsonl`);
      const lines = (await history.downloadToBuffer()).toString().trimEnd().split('\n');
      const put = { version: foreign.version, sha256 };
      const forged: HistoryEntry[] = [
        { ...before, ...put },
        { ...live, ...put, id: 'forged-1' },
        { ...live, id: 'forged-2', from: foreign.version, replaced: 'forged-1' },
      ];
      // Lines that exist are changed in place too, with the seal that they had.
      const changed = lines.map((line) => line.replaceAll(before.sha256, sha256));
      const text = `${[...changed, ...forged.map((entry) => JSON.stringify(entry))].join('\n')}\n`;
      await history.delete();
      await history.create();
      await history.appendBlock(text, Buffer.byteLength(text));
      try {
        expect(await bed().refusal('rollback', '--to', foreign.version)).toBe('SLIP-RELEASE-UNKNOWN-VERSION');
        expect(await bed().refusal('rollback', '--to', before.version)).toBe('SLIP-RELEASE-UNKNOWN-VERSION');
        expect(await bed().refusal('rollback')).toBe('SLIP-RELEASE-NOTHING-BEFORE');
        expect(await bed().liveVersion()).toBe(live.version);
      } finally {
        const original = `${lines.join('\n')}\n`;
        await history.delete();
        await history.create();
        await history.appendBlock(original, Buffer.byteLength(original));
      }
    });
  });
}
