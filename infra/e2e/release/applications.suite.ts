import { appendFile, cp, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AppSecrets } from '../../lib/app-secrets.ts';
import { untilTrue } from '../../lib/until.ts';
import { regionStatus } from '../../local/region-client.ts';
import { removeDisk } from '../../local/worker/remove-disk.ts';
import { eventually } from '../../testbed/eventually.ts';
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
  const changing = await bed.region.command(
    'run',
    '--',
    'php',
    '-r',
    'exit(@file_put_contents("new.php", "x") === false ? 0 : 1);',
  );
  expect(changing.code).toBe(0);
}

/** What any application of plain PHP does with its visitors; ends with the version live that was so before. */
export function describeSmallApplication(bed: () => ReleaseBed): void {
  describe('an application with a form, an upload, a session, a script and a style sheet', () => {
    let it: Hosted;
    let cookie: string;
    let picture: string;

    beforeAll(async () => {
      it = await Hosted.create(bed, join(applications, 'small'));
      await it.release();
    });

    afterAll(async () => {
      await it?.remove();
    });

    test('keeps what a visitor sent, in a session and as a file', async () => {
      const visitor = await it.get('/');
      cookie = visitor.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      await visitor.body?.cancel();
      const body = new FormData();
      body.set('name', 'Ada');
      body.set('picture', new Blob(['a picture']), 'a.php');
      const sent = await it.get('/', { method: 'POST', body, headers: { cookie } });
      expect([sent.status, sent.headers.get('location')]).toEqual([303, '/index.php']);
      const page = await it.text('/index.php', { headers: { cookie } });
      expect(page).toContain('<p id="name">Ada</p>');
      expect(page).toContain('<p id="visits">3</p>');
      picture = /<p id="picture">([^<]+)/.exec(page)?.[1] ?? '';
      expect(await it.text(picture)).toBe('a picture');
    });

    test('has scripts and styles in their types, no source of PHP, and code that is read-only', async () => {
      expect((await it.get('/app.js')).headers.get('content-type')).toMatch(/^text\/javascript/);
      expect((await it.get('/style.css')).headers.get('content-type')).toMatch(/^text\/css/);
      for (const path of ['/lib/page.php', '/slipway.yaml']) {
        const answer = await it.get(path);
        expect([path, answer.status, (await answer.text()).includes('<?php')]).toEqual([path, 404, false]);
      }
      expect(await it.text('/')).toContain('read-only');
    });

    test('is released twice and rolled back under load without a lost request', async () => {
      const { requests, failures } = await it.releasesUnderLoad('/', 'index.php');
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(50);
    });

    test('has the visitor’s session and file after those swaps, and files that it overwrites and deletes', async () => {
      const page = await it.text('/index.php', { headers: { cookie } });
      expect(page).toContain('<p id="name">Ada</p>');
      expect(page).toContain('<p id="visits">4</p>');
      expect(await it.text(picture)).toBe('a picture');
      const php = (code: string) => bed().region.command('run', '--', 'php', '-r', code);
      for (const text of ['one', 'two']) {
        await php(`file_put_contents('uploads/own.txt', '${text}');`);
        expect(await it.text('/uploads/own.txt')).toBe(text);
      }
      const staging = `${bed().connection.staging}/uploads/own.txt`;
      await eventually(
        'staging has what production wrote',
        async () => (await (await fetch(staging)).text()) === 'two',
      );
      await php("unlink('uploads/own.txt');");
      expect([(await it.get('/uploads/own.txt')).status, (await fetch(staging)).status]).toEqual([404, 404]);
    });

    test('is down while its share is away, as on Azure, and comes back by itself with every file', async () => {
      const isHealthy = async () => (await regionStatus(bed().region))?.slots.production.healthy === true;
      const share = join(bed().region.stateDir, 'shares', bed().connection.blob.account, 'shared');
      await rename(share, `${share}.away`);
      try {
        // App Service looks for a minute and a half before it restarts the app.
        const isDown = await untilTrue({ limitMs: 300_000, pollMs: 1_000 }, async () => !(await isHealthy()));
        expect(isDown).toBe(true);
      } finally {
        await rename(`${share}.away`, share);
      }
      await eventually('the site is back', isHealthy);
      expect(await it.text(picture)).toBe('a picture');
    });
  });
}

/** Every script runs, and there is no front controller that all requests go through. */
export function describeWordPressShape(bed: () => ReleaseBed): void {
  describe('an application of the shape of WordPress', () => {
    let it: Hosted;

    beforeAll(async () => {
      it = await Hosted.create(bed, join(applications, 'wordpress'));
      await it.release();
    });

    afterAll(() => it?.remove());

    test('runs posts, plugins and the login by their addresses', async () => {
      expect(await it.text('/2026/hello-world/')).toContain('Post /2026/hello-world/');
      expect(await it.text('/wp-content/plugins/hello/hello.php?name=Ada')).toBe(
        'Hello Ada from /wp-content/plugins/hello/hello.php',
      );
      const guest = await it.get('/wp-admin/');
      expect([guest.status, guest.headers.get('location')]).toEqual([302, '/wp-login.php']);
    });

    test('takes a login and an upload; the code is read-only, and an upload is no script', async () => {
      const login = await it.get('/wp-login.php', { method: 'POST', body: new URLSearchParams({ log: 'ada' }) });
      const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      const body = new FormData();
      body.set('file', new Blob(['<?php echo "run";']), 'evil.php');
      const answer = await it.get('/wp-admin/', { method: 'POST', body, headers: { cookie } });
      expect(await answer.json()).toEqual({ user: 'ada', upload: '/wp-content/uploads/evil.php', readOnly: true });
      expect((await it.get('/wp-content/uploads/evil.php')).status).toBe(404);
      expect(await it.text('/wp-content/uploads/before.txt')).toBe('An upload of before.\n');
    });

    test('has scripts in their type', async () => {
      expect((await it.get('/wp-includes/js/menu.js')).headers.get('content-type')).toMatch(/^text\/javascript/);
    });

    test('is released twice and rolled back under load without a lost request', async () => {
      const { requests, failures } = await it.releasesUnderLoad('/2026/', 'wp-load.php');
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(50);
    });
  });
}

/** Symfony as its skeleton has it, from the registry, with the `.env` that its front controller reads. */
export function describeSymfony(bed: () => ReleaseBed): void {
  describe('an application of Symfony', () => {
    let it: Hosted;

    beforeAll(async () => {
      it = await Hosted.create(bed, join(applications, 'symfony'));
      await it.write('.env', 'APP_ENV=dev\nAPP_SECRET=\n');
      // Named by init; here the secret is that of the region.
      new AppSecrets(bed().region.stateDir).set('APP_SECRET', 'a'.repeat(32));
      await it.release();
    });

    afterAll(() => it?.remove());

    test('runs in production with its secret, and its session is kept', async () => {
      const first = await it.get('/');
      expect(await first.json()).toEqual({ environment: 'prod', hasSecret: true, visits: 1, secure: false });
      const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      expect(await (await it.get('/', { headers: { cookie } })).json()).toMatchObject({ visits: 2 });
    });

    test('is released twice and rolled back under load without a lost request', async () => {
      const { requests, failures } = await it.releasesUnderLoad('/', 'src/Kernel.php');
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(50);
    });
  });
}
