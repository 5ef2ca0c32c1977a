import { describe, expect, test } from '@jest/globals';
import type { ReleaseEvent } from '../../release/phases/steps.ts';
import { release } from '../../release/release.ts';
import { type ReleaseBed, unwatched } from '../../testbed/release-bed.ts';

const worse = { seconds: 4, errorShare: 0.02, p95Ms: 10_000 };

/** The platform stops answering at the worst moment. */
export function describeFailedSwapBack(bed: () => ReleaseBed): void {
  describe('a swap back that the management plane does not take', () => {
    test('leaves the worse version live, says so, and is done by the next command', async () => {
      const before = await bed().liveVersion();
      const { host } = new URL(bed().connection.production);
      const { file, version } = await bed().variant({
        'src/Controller/Ping.php': (php) =>
          php.replace('Response::HTTP_OK', `'${host}' === ($_SERVER['HTTP_HOST'] ?? '') ? 500 : 200`),
      });
      const target = await bed().target();
      let silent = false;
      const credential = {
        getToken: async () => {
          if (silent) throw new Error('no token');
          // Of no use a moment later, so that every call asks for one.
          return { token: bed().connection.managementToken, expiresOnTimestamp: Date.now() };
        },
      };
      const notices: string[] = [];
      const attempt = release({
        ...unwatched,
        target: { ...target, management: { ...target.management, credential } },
        origin: { kind: 'file', file },
        watch: worse,
        listener: (event: ReleaseEvent) => {
          if (event.event === 'step' && event.step === 'swap back') silent = true;
          if (event.event === 'notice') notices.push(event.message);
        },
      });
      await expect(attempt).rejects.toMatchObject({ code: 'SLIP-RELEASE-ARM' });
      expect(notices.at(-1)).toMatch(/the next command finds out/);
      expect(await bed().liveVersion()).toBe(version);
      await bed().done('migrate');
      expect(await bed().liveVersion()).toBe(before);
      const entry = (await bed().history()).find((line) => line.version === version);
      expect(entry).toMatchObject({ outcome: 'swapped-back', from: before });
    });
  });
}
