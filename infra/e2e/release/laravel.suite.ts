import { execFile } from 'node:child_process';
import { appendFile, copyFile, cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeDisk } from '../../local/worker/remove-disk.ts';
import { ChangedCheckout } from '../../testbed/changed-checkout.ts';
import { sql } from '../../testbed/database.ts';
import { eventually } from '../../testbed/eventually.ts';
import { WrkLoad } from '../../testbed/load.ts';
import { TestRegion } from '../../testbed/region.ts';
import { applications } from './applications.suite.ts';

const run = promisify(execFile);
/** Development packages of the skeleton that a registry may lack; the tests need none of them. */
const LEFT_OUT = ['spatie/laravel-ignition', 'laravel/sail', 'laravel/pint'];

/**
 * Laravel 10 as its authors give it, from the registry, with the routes, the model and the tests of the challenge's application.
 * Slipway is told of it by `init` alone, and it is what `npm start` releases first.
 */
export function describeLaravel(): void {
  describe('Laravel 10', () => {
    let checkout: ChangedCheckout;
    let region: TestRegion;
    let scratch: string;
    let directory: string;

    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'sw-laravel-'));
      directory = join(scratch, 'shop');
      await createApplication(directory);
      checkout = await ChangedCheckout.create();
      region = await TestRegion.create(checkout.root);
      await succeeds('init', '--app', directory, '--yes');
      await succeeds('start');
    });

    afterAll(async () => {
      await region?.remove();
      await checkout?.remove();
      await removeDisk(scratch);
    });

    async function succeeds(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await region.command(...args);
      if (code !== 0) throw new Error(`slipway ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
      return stdout;
    }

    async function get(path: string): Promise<Response> {
      return fetch(`${(await region.connection()).production}${path}`);
    }

    test('is what npm start released: / and /api/ping answer, and no line of it was changed', async () => {
      const home = await get('/');
      expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('Laravel')]);
      expect(await (await get('/api/ping')).json()).toEqual({ content: 'pong' });
      expect(await readFile(join(checkout.root, 'Pulumi.yaml'), 'utf8')).toContain('slipway:app: ');
      await expect(readFile(join(directory, 'slipway.yaml'))).rejects.toThrow('ENOENT');
    });

    test('reaches MySQL and Redis over TLS, and keeps the images that it draws', async () => {
      const drawn = await get('/api/generate-image');
      expect(drawn.status).toBe(201);
      const { url } = (await drawn.json()) as { url: string };
      expect((await get(url)).headers.get('content-type')).toBe('image/png');
      expect(await (await get('/api/images')).json()).toEqual([url.replace('/media/', '')]);
      const about = await succeeds('run', '--', 'php', 'artisan', 'about', '--only=drivers,environment');
      expect(about).toMatch(/Session[ .]+redis/);
    });

    test('passes its feature tests beside the region', async () => {
      expect(await succeeds('run', '--source', '--', 'php', 'artisan', 'test', '--testsuite=Feature')).toMatch(
        /\b3 passed/,
      );
    });

    test('is released twice and rolled back under load without a lost request', async () => {
      const { url } = (await (await get('/api/generate-image')).json()) as { url: string };
      // Its API answers a visitor 60 times a minute.
      const wrk = new WrkLoad(`${(await region.connection()).production}/`, 16);
      try {
        for (const number of [1, 2]) {
          const route = join(directory, 'routes/api.php');
          await writeFile(route, `${await readFile(route, 'utf8')}\n// ${number}\n`);
          await succeeds('release', '--p95', '10000', '--watch', '0');
        }
        await succeeds('rollback', '--p95', '10000');
      } finally {
        await wrk.stop();
      }
      const { requests, failures } = await wrk.stop();
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(50);
      const { staging } = await region.connection();
      expect((await get(url)).status).toBe(200);
      // It restarts when the rollback has ended.
      await eventually('staging has it too', async () => (await fetch(`${staging}${url}`)).status === 200);
    });

    test('has a migration that takes something away refused before it runs, and carried out once nothing needs it', async () => {
      const name = '2030_01_01_000000_drop_remember_token';
      await writeFile(join(directory, `database/migrations/${name}.php`), DROPS_A_COLUMN);
      const refused = await region.command('release', '--p95', '10000', '--watch', '0');
      expect(refused.stdout + refused.stderr).toMatch(/SLIP-RELEASE-EXPAND-DESTROYS.*drop `remember_token`/s);
      expect(await columns()).toContain('remember_token');
      await writeFile(join(directory, 'slipway.yaml'), contractOf(name));
      await succeeds('release', '--p95', '10000', '--watch', '0');
      const early = await region.command('migrate');
      expect(early.stdout + early.stderr).toContain('SLIP-RELEASE-CONTRACT-EARLY');
      expect(await columns()).toContain('remember_token');
      await writeFile(join(directory, 'public/once-more.txt'), 'x');
      await succeeds('release', '--p95', '10000', '--watch', '0');
      await succeeds('migrate');
      expect(await columns()).not.toContain('remember_token');
    });

    test('has its form, session, queue and schedule through a swap, and with an outbox its images are in Blob', async () => {
      await cp(join(applications, 'laravel-queue'), directory, { recursive: true });
      await appendFile(join(directory, 'slipway.yaml'), WITH_QUEUE);
      await succeeds('release', '--p95', '10000', '--watch', '0');
      const form = new Form(`${(await region.connection()).production}/note`);
      await form.open();
      expect(await form.send('before')).toBe(302);
      await writeFile(join(directory, 'public/queue.txt'), 'x');
      const sent = ['before', ...(await form.sendWhile(succeeds('release', '--p95', '10000', '--watch', '0')))];
      expect(await form.send('after')).toBe(302);
      expect(await form.session()).toBe('after');
      await eventually('every note is kept, and the schedule has run', async () => {
        const kept = await sql(await region.connection(), 'SELECT DISTINCT text FROM notes');
        return [...sent, 'after', 'scheduled'].every((note) => kept.split('\n').includes(note));
      });
      const { url } = (await (await get('/api/generate-image')).json()) as { url: string };
      expect((await get(url)).status).toBe(200);
      const blob = (await region.media()).getBlobClient(`storage${url}`);
      await eventually('the image is in Blob', () => blob.exists());
      expect((await get(url)).headers.get('content-type')).toBe('image/png');
    });

    async function columns(): Promise<string> {
      return sql(await region.connection(), 'SHOW COLUMNS FROM users');
    }
  });
}

/** A visitor with the form of a page and its session. */
class Form {
  readonly #url: string;
  #cookie = '';
  #token = '';

  constructor(url: string) {
    this.#url = url;
  }

  async open(): Promise<void> {
    const page = await fetch(this.#url);
    this.#cookie = page.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    this.#token = ((await page.json()) as { token: string }).token;
  }

  /** The status of the answer. Laravel answers 419 to a form whose session it does not know. */
  async send(text: string): Promise<number> {
    const body = new URLSearchParams({ _token: this.#token, text });
    const answer = await fetch(this.#url, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: this.#cookie },
      body,
    });
    await answer.body?.cancel();
    return answer.status;
  }

  /** Sends one text after the other until the work ends; resolves with them. */
  async sendWhile(work: Promise<unknown>): Promise<readonly string[]> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => undefined);
    const sent: string[] = [];
    while (!isDone) {
      const text = `during-${sent.length}`;
      expect(await this.send(text)).toBe(302);
      sent.push(text);
    }
    await done;
    return sent;
  }

  async session(): Promise<string> {
    const page = await fetch(this.#url, { headers: { cookie: this.#cookie } });
    return ((await page.json()) as { note: string }).note;
  }
}

const WITH_QUEUE = `media: [{path: storage/media, url: /media, mode: outbox}]
workers: {queue: {run: php artisan queue:work --max-time=3600, stopSeconds: 30}}
schedule: {"* * * * *": php artisan schedule:run}
`;

const DROPS_A_COLUMN = `<?php
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;

return new class extends Migration {
    public function up(): void
    {
        Schema::table('users', fn (Blueprint $table) => $table->dropColumn('remember_token'));
    }
};
`;

function contractOf(name: string): string {
  return `migrate:
  run: php artisan migrate --force
  pretend: php artisan migrate --pretend --force
  files: database/migrations
  contract: [${name}]
`;
}

/** The skeleton of Laravel 10 with our files over it, and its packages for the tests. */
async function createApplication(directory: string): Promise<void> {
  const composer = (...args: string[]) =>
    run('composer', [...args, '--no-interaction', '--no-scripts', '--no-plugins'], {
      env: { ...process.env, COMPOSER_ALLOW_SUPERUSER: '1' },
      maxBuffer: 64 * 1024 * 1024,
    });
  await composer('create-project', 'laravel/laravel:^10', directory, '--no-install');
  await composer('remove', '--dev', '--no-update', '--working-dir', directory, ...LEFT_OUT);
  await composer('update', '--working-dir', directory);
  await cp(join(applications, 'laravel'), directory, { recursive: true });
  // As on a developer's machine; none of it may reach the package.
  await copyFile(join(directory, '.env.example'), join(directory, '.env'));
}
