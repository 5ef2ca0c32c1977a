import { appendFile, cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeDisk } from '../../local/worker/remove-disk.ts';
import { WrkLoad } from '../../testbed/load.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

export const applications = join(import.meta.dirname, '../../testbed/applications');

/** An application of another's, in a directory of the test's. */
export class Hosted {
  readonly directory: string;
  readonly #bed: () => ReleaseBed;

  private constructor(directory: string, bed: () => ReleaseBed) {
    this.directory = directory;
    this.#bed = bed;
  }

  /** `from`: an application to begin with. */
  static async create(bed: () => ReleaseBed, from?: string): Promise<Hosted> {
    const directory = join(await mkdtemp(join(tmpdir(), 'sw-hosted-')), 'app');
    await mkdir(directory);
    if (from !== undefined) await cp(from, directory, { recursive: true });
    return new Hosted(directory, bed);
  }

  async write(path: string, text: string): Promise<void> {
    await writeFile(join(this.directory, path), text);
  }

  release() {
    return this.#bed().done('release', '--source', this.directory);
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#bed().connection.production}${path}`, { redirect: 'manual', ...init });
  }

  async text(path: string, init?: RequestInit): Promise<string> {
    return (await this.get(path, init)).text();
  }

  /** Two releases and a rollback, while 16 visitors ask for a page; each release changes a script by a comment. */
  async releasesUnderLoad(
    page: string,
    script: string,
  ): Promise<{ readonly requests: number; readonly failures: readonly string[] }> {
    const wrk = new WrkLoad(`${this.#bed().connection.production}${page}`, 16);
    try {
      for (const number of [1, 2]) {
        await appendFile(join(this.directory, script), `\n// ${number}\n`);
        expect(await this.release()).toMatchObject({ outcome: 'live', requests: { lost: 0 } });
      }
      expect(await this.#bed().done('rollback')).toMatchObject({ outcome: 'live', requests: { lost: 0 } });
    } finally {
      await wrk.stop();
    }
    return wrk.stop();
  }

  remove(): Promise<void> {
    return removeDisk(join(this.directory, '..'));
  }
}

/** The least that is an application. Ends with the version live that was so before. */
export function describeLoneScript(bed: () => ReleaseBed): void {
  describe('a directory with one index.php, without Composer and git', () => {
    let it: Hosted;

    beforeAll(async () => {
      it = await Hosted.create(bed);
      await it.write('index.php', '<?php echo "hello ", $_SERVER["REQUEST_URI"], " ", getenv("SLOT_NAME");');
    });

    afterAll(() => it?.remove());

    test('is released by one command, and rolled back to what was live before', async () => {
      const before = await bed().liveVersion();
      expect(await it.release()).toMatchObject({ outcome: 'live', requests: { lost: 0 } });
      expect(await it.text('/any/page')).toBe('hello /any/page production');
      await runsCommands(bed(), it);
      expect(await bed().done('rollback')).toMatchObject({ outcome: 'live', version: before });
    });
  });
}

/** `slipway run`: beside the live package, and in the application's own directory, with the settings of production. */
async function runsCommands(bed: ReleaseBed, { directory }: Hosted): Promise<void> {
  const script =
    'echo getcwd(), " ", getenv("SLOT_NAME"), " ", strlen(getenv("RELEASE_TOKEN")) > 20 ? "secret" : "none"; exit(3);';
  const live = await bed.region.command('run', '--', 'php', '-r', script);
  expect(live.stdout).toMatch(new RegExp(`^${bed.region.stateDir}/workers/[ab]/run/app production secret$`));
  expect(live.code).toBe(3);
  const own = await bed.region.command('run', '--source', directory, '--', 'php', '-r', script);
  expect(own.stdout).toBe(`${directory} production secret`);
  const changing = await bed.region.command('run', '--', 'php', '-r', 'exit(@touch("index.php") ? 1 : 0);');
  expect(changing.code).toBe(0);
}
