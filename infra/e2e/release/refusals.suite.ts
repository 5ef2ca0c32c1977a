import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SlipCode } from '../../lib/codes.ts';
import { readHealth } from '../../release/appservice/health.ts';
import { type RunningVersion, WebSlot } from '../../release/appservice/web-slot.ts';
import { release } from '../../release/release.ts';
import type { HistoryEntry } from '../../release/store/history.ts';
import type { ReleaseTarget } from '../../release/target/target.ts';
import { eventually } from '../../testbed/eventually.ts';
import { long } from '../../testbed/long-form.ts';
import { migrationEdits } from '../../testbed/migration-edits.ts';
import type { Edit } from '../../testbed/package-variant.ts';
import { type ReleaseBed, unwatched } from '../../testbed/release-bed.ts';

const webapplication = join(import.meta.dirname, '../../../webapplication');

interface BrokenVersion {
  readonly what: string;
  readonly code: SlipCode;
  readonly edits: Readonly<Record<string, Edit>>;
  readonly flags?: readonly string[];
  /** Part of what the refusal says. */
  readonly says?: string;
}

const added = { version: '20990101000000', kind: 'Expand' } as const;

/** Each is refused by a gate of its own. */
const broken: readonly BrokenVersion[] = [
  {
    what: 'whose expand migration adds a column by the Schema object, which makes it NOT NULL',
    code: 'SLIP-RELEASE-EXPAND-DESTROYS',
    edits: migrationEdits({ ...added, up: '$schema->getTable("images")->addColumn("price", "integer");' }),
  },
];

const otherwiseBroken: readonly BrokenVersion[] = [
  {
    what: 'whose deep health fails',
    code: 'SLIP-RELEASE-HEALTH',
    edits: { 'src/Controller/Health.php': (php) => php.replace('Status::Fail === $status', "'' !== $status->value") },
  },
  {
    what: 'whose expand migration deletes rows of a table that is in use',
    code: 'SLIP-RELEASE-EXPAND-DESTROYS',
    edits: migrationEdits({
      ...added,
      up: '$this->addSql("DELETE images FROM images JOIN images other ON other.id = images.id");',
    }),
  },
  {
    what: 'whose expand migration adds a column without a default',
    code: 'SLIP-RELEASE-EXPAND-DESTROYS',
    edits: migrationEdits({
      ...added,
      up: '$this->addSql("ALTER TABLE images ADD COLUMN price DECIMAL(10,2) NOT NULL");',
    }),
  },
  {
    what: 'whose expand migration inherits what drops a column',
    code: 'SLIP-RELEASE-EXPAND-DESTROYS',
    edits: {
      ...migrationEdits({ ...added, before: "require_once __DIR__.'/../src/Drops.php';", extends: '\\App\\Drops' }),
      'src/Drops.php': () =>
        '<?php\nnamespace App;\nabstract class Drops extends \\Doctrine\\Migrations\\AbstractMigration {\npublic function up(\\Doctrine\\DBAL\\Schema\\Schema $schema): void { $this->addSql("ALTER TABLE images \\u{44}ROP COLUMN width"); }\n}\n',
    },
  },
  {
    what: 'whose expand migration changes the schema twice',
    code: 'SLIP-RELEASE-MIGRATION-SPLIT',
    edits: migrationEdits({
      ...added,
      up: '$this->addSql("ALTER TABLE images ADD a INT"); $this->addSql("CREATE INDEX a ON images (bytes)");',
    }),
  },
  {
    what: 'whose expand migration writes by itself',
    code: 'SLIP-RELEASE-MIGRATION-DRY-RUN',
    edits: migrationEdits({ ...added, up: '$this->connection->executeStatement("DELETE FROM images");' }),
  },
  {
    what: 'that redirects',
    code: 'SLIP-RELEASE-REDIRECT',
    edits: {
      'public/index.php': (php) => php.replace('use App', "header('Location: /elsewhere', true, 302); exit;\nuse App"),
    },
  },
  {
    what: 'that never starts',
    code: 'SLIP-RELEASE-NOT-STARTED',
    edits: { 'slipway/startup.sh': (shell) => shell.replace('\n', '\necho cannot go on >&2; exit 1\n') },
    says: 'its log says: cannot go on',
    flags: ['--start-timeout', '5'],
  },
  {
    what: 'whose image does not get to Blob whole',
    code: 'SLIP-RELEASE-IMAGE',
    edits: { 'src/Controller/Internal/Probe.php': (php) => php.replace("'readBack' => ", "'readBack' => false && ") },
  },
  {
    what: 'that announces images which it never writes',
    code: 'SLIP-RELEASE-IMAGE',
    edits: {
      'src/Image/ImageGenerator.php': (php) =>
        php.replace('$this->outbox->put($name', "'' === $folder || $this->outbox->put($name"),
    },
  },
  {
    what: 'that answers a smoke request with another content',
    code: 'SLIP-RELEASE-SMOKE',
    edits: { 'src/Controller/Ping.php': (php) => php.replace('pong', 'gnop') },
  },
  {
    what: 'whose images are not listed',
    code: 'SLIP-RELEASE-IMAGE',
    edits: { 'src/Image/ImageGenerator.php': (php) => php.replace('$this->images->add($row);', 'return;') },
  },
  {
    what: 'with a startup script of Windows',
    code: 'SLIP-RELEASE-STARTUP',
    edits: { 'slipway/startup.sh': (shell) => shell.replaceAll('\n', '\r\n') },
  },
];

/** Versions that must not get live, and stacks that are not as the program says. */
export function describeRefusals(bed: () => ReleaseBed): void {
  describe('a release', () => {
    let before: RunningVersion;
    let fine: string;

    beforeAll(async () => {
      before = await bed().live();
      fine = (await bed().variant()).file;
    });

    /** Production is the very process it was. */
    async function expectUntouched(): Promise<void> {
      expect(await bed().live()).toEqual(before);
    }

    /** A release whose gates do not ask again for long. */
    async function briefAttempt(): Promise<HistoryEntry> {
      const target = await bed().target();
      const limits = { ...target.limits, settleMs: 1000 };
      return release({ ...unwatched, target: { ...target, limits }, origin: { kind: 'file', file: fine } });
    }

    /** One that stays in the outbox. */
    async function makeImage(): Promise<void> {
      const made = await fetch(`${bed().connection.production}/api/generate-image`, { method: 'POST' });
      expect([made.status, ((await made.json()) as { durable: boolean }).durable]).toEqual([201, false]);
    }

    async function productionPasses(check: string): Promise<void> {
      const production = new WebSlot(bed().connection.production);
      await eventually(`${check} passes again`, async () => {
        return (await readHealth(production)).checks.get(check)?.status === 'pass';
      });
    }

    test.each(long ? [...broken, ...otherwiseBroken] : broken)(
      '$what is refused with $code, and production stays as it is',
      async (version) => {
        const { file, version: name } = await bed().variant(version.edits);
        expect(await bed().refusal('release', '--package', file, ...(version.flags ?? []))).toBe(version.code);
        await expectUntouched();
        const [last] = await bed().history();
        // What is refused before the lock is taken is no part of history.
        if (last?.version !== name) return;
        expect(last).toMatchObject({ outcome: 'refused', requests: { lost: 0 }, error: { code: version.code } });
        if (version.says !== undefined) expect(last.error?.found).toContain(version.says);
      },
    );

    test('that is worse in production than it was in staging is swapped back', async () => {
      const { host } = new URL(bed().connection.production);
      const { file, version } = await bed().variant({
        'src/Controller/Ping.php': (php) =>
          php.replace('Response::HTTP_OK', `'${host}' === ($_SERVER['HTTP_HOST'] ?? '') ? 500 : 200`),
      });
      expect(await bed().refusal('release', '--package', file, '--watch', '2')).toBe('SLIP-RELEASE-SWAPPED-BACK');
      expect(await bed().liveVersion()).toBe(before.version);
      const [last] = await bed().history();
      expect(last).toMatchObject({ version, outcome: 'swapped-back', error: { code: 'SLIP-RELEASE-WORSE' } });
      before = await bed().live();
    });

    if (long) {
      test('is refused while an image in the outbox of production does not get to Blob, and goes on without it', async () => {
        const torn = await bed().tornImage();
        try {
          const target = await bed().target();
          const attempt = release({
            ...unwatched,
            target: { ...target, limits: { ...target.limits, drainMs: 1000 } },
            origin: { kind: 'file', file: fine },
          });
          await expect(attempt).rejects.toMatchObject({
            code: 'SLIP-RELEASE-DRAIN',
            detail: { found: expect.stringContaining('1 images are not in Blob') },
          });
          await expectUntouched();
        } finally {
          await rm(torn);
        }
      });
    }

    test('is refused while production cannot reach Blob, before anything is touched', async () => {
      // The storage of releases stays: only the container of media is gone.
      const media = await bed().region.media();
      await media.delete();
      try {
        await makeImage();
        await expect(briefAttempt()).rejects.toMatchObject({ code: 'SLIP-RELEASE-BLOB-UNAVAILABLE' });
        await expectUntouched();
      } finally {
        await media.create();
      }
      await productionPasses('blob');
    });

    test('is refused while production’s sidecar is dead and an image waits for it', async () => {
      const { instances } = (await bed().region.status()).slots.production;
      const sidecar = instances[0]?.processes.sidecar ?? 0;
      process.kill(sidecar, 'SIGSTOP');
      try {
        await makeImage();
        await expect(briefAttempt()).rejects.toMatchObject({ code: 'SLIP-RELEASE-SIDECAR-UNAVAILABLE' });
        await expectUntouched();
      } finally {
        process.kill(sidecar, 'SIGCONT');
      }
      await productionPasses('sidecar');
    });

    test('of a tree with PHP that does not parse is refused before anything is built', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sw-source-'));
      try {
        await cp(webapplication, directory, {
          recursive: true,
          filter: (path) => !/webapplication\/(vendor|var)\b/.test(path),
        });
        await writeFile(join(directory, 'src/Broken.php'), '<?php final class Broken { public function (');
        expect(await bed().refusal('release', '--source', directory)).toBe('SLIP-RELEASE-PHP-SYNTAX');
        await expectUntouched();
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });

    test.each([
      {
        what: 'without warm-up settings',
        code: 'SLIP-RELEASE-WARM-UP',
        change: (target: ReleaseTarget): ReleaseTarget => ({
          ...target,
          wanted: async () => {
            const wanted = await target.wanted();
            const { WEBSITE_SWAP_WARMUP_PING_STATUSES: _, ...settings } = wanted.settings;
            return { ...wanted, settings };
          },
        }),
      },
      {
        what: 'whose sticky settings are not those of the site',
        code: 'SLIP-RELEASE-STICKY',
        change: (target: ReleaseTarget): ReleaseTarget => ({
          ...target,
          wanted: async () => ({ ...(await target.wanted()), slotStickyNames: ['SLOT_NAME', 'OTHER'] }),
        }),
      },
      {
        what: 'whose sidecar is an image that nobody pushed',
        code: 'SLIP-RELEASE-IMAGE-GONE',
        change: (target: ReleaseTarget): ReleaseTarget => ({
          ...target,
          wanted: async () => {
            const wanted = await target.wanted();
            const image = `registry.example/sidecar@sha256:${'0'.repeat(64)}`;
            const siteContainers = wanted.siteContainers.map(({ name, properties }) => ({
              name,
              properties: { ...properties, image },
            }));
            return { ...wanted, siteContainers };
          },
        }),
      },
      {
        what: 'to a site without the slot',
        code: 'SLIP-RELEASE-SLOT-MISSING',
        change: (target: ReleaseTarget): ReleaseTarget => ({ ...target, site: { ...target.site, slot: 'nowhere' } }),
      },
    ])('$what is refused with $code', async ({ code, change }) => {
      const attempt = release({
        ...unwatched,
        target: change(await bed().target()),
        origin: { kind: 'file', file: fine },
      });
      await expect(attempt).rejects.toMatchObject({ code });
      await expectUntouched();
    });
  });
}
