import { appendFile, chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { Container } from '../testbed/container.ts';
import { eventually } from '../testbed/eventually.ts';

const token = { authorization: 'Bearer release-token' };
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-runtime-'));
});

afterAll(() => removeDisk(scratch));

async function packageOf(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const source = join(scratch, name, 'source');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), content);
  }
  const { file } = await buildPackage({
    source,
    outDir: join(scratch, name, 'out'),
    cacheDir: join(scratch, name, 'cache'),
  });
  return file;
}

const settings = { RELEASE_TOKEN: 'release-token', SLOT_NAME: 'staging', GREETING: 'hello' };

describe('an application with a front controller', () => {
  let it: Container;

  beforeAll(async () => {
    const files = {
      'slipway.yaml': `
php: {body: 1m, ini: {max_input_vars: 77}}
writable: [storage]
start: [php start.php "two words"]
`,
      'start.php': `<?php file_put_contents(__DIR__.'/storage/started', getenv('GREETING').' '.$argv[1]);`,
      'secret.php': '<?php echo "run";',
      'public/index.php': `<?php
        session_start();
        header('Content-Type: application/json');
        $written = file_put_contents(dirname(__DIR__).'/undeclared', 'x');
        $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
        $upload = $_FILES['file'] ?? null;
        echo json_encode([
          'uri' => $_SERVER['REQUEST_URI'], 'path' => $_SERVER['PATH_INFO'] ?? '', 'self' => $_SERVER['PHP_SELF'], 'post' => $_POST, 'https' => $_SERVER['HTTPS'] ?? null, 'port' => $_SERVER['SERVER_PORT'],
          'address' => $_SERVER['REMOTE_ADDR'], 'upload' => $upload === null ? null : [$upload['name'], $upload['size'], file_get_contents($upload['tmp_name'])],
          'started' => @file_get_contents(dirname(__DIR__).'/storage/started'), 'undeclared' => $written,
          'declared' => file_put_contents(dirname(__DIR__).'/storage/x', 'abc'), 'visits' => $_SESSION['visits'], 'vars' => ini_get('max_input_vars'),
        ]);`,
      'public/app.js': 'export {}',
      'public/font.woff2': 'font',
      'public/site.webmanifest': '{}',
      'public/module.wasm': 'wasm',
      'public/other.php': '<?php echo "source";',
      'public/UPPER.PHP': '<?php echo "source";',
      'public/page.phtml': '<?php echo "source";',
      'public/.htaccess': 'Deny from all',
      'public/.well-known/security.txt': 'Contact: x',
      'public/docs/index.html': '<h1>docs</h1>',
    };
    it = await Container.create(join(scratch, 'front/container'), await packageOf('front', files), settings);
    await it.start();
  });

  afterAll(() => it?.stop());

  async function json(path: string, init?: RequestInit): Promise<Record<string, unknown>> {
    return (await (await fetch(`${it.url}${path}`, init)).json()) as Record<string, unknown>;
  }

  test('gets forms and uploads', async () => {
    const form = new FormData();
    form.set('name', 'Ada');
    form.set('file', new Blob(['content']), 'a.txt');
    expect(await json('/any/path?x=1', { method: 'POST', body: form })).toMatchObject({
      uri: '/any/path?x=1',
      post: { name: 'Ada' },
      upload: ['a.txt', 7, 'content'],
      vars: '77',
    });
  });

  test('refuses a body that is larger than it allows', async () => {
    const body = new URLSearchParams({ a: 'x'.repeat(1024 * 1024) });
    expect((await fetch(it.url, { method: 'POST', body })).status).toBe(413);
  });

  test('keeps a session', async () => {
    const first = await fetch(it.url);
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    await first.body?.cancel();
    expect(await json('/', { headers: { cookie } })).toMatchObject({ visits: 2 });
  });

  test('may write where it declared, and nowhere else; the reason is in the log', async () => {
    expect(await json('/')).toMatchObject({ declared: 3, undeclared: false });
    await eventually(
      'the log names the path',
      async () => /Permission denied.*\n?/.test(await it.log()) && (await it.log()).includes('run/app/undeclared'),
    );
  });

  test('ran its start command with the settings of the slot before anybody was served', async () => {
    expect(await json('/')).toMatchObject({ started: 'hello two words' });
  });

  test('learns from a trusted proxy that the visitor came by https, and from where', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
    expect(await json('/', { headers })).toMatchObject({ https: 'on', port: '443', address: '203.0.113.7' });
    expect(await json('/')).toMatchObject({ https: null, port: '80', address: '127.0.0.1' });
  });

  test.each([
    ['/app.js', 'text/javascript'],
    ['/font.woff2', 'font/woff2'],
    ['/site.webmanifest', 'application/manifest+json'],
    ['/module.wasm', 'application/wasm'],
    ['/.well-known/security.txt', 'text/plain; charset=utf-8'],
    ['/docs/', 'text/html; charset=utf-8'],
  ])('%s is served as %s', async (path, type) => {
    const answer = await fetch(`${it.url}${path}`);
    expect([answer.status, answer.headers.get('content-type')?.toLowerCase()]).toEqual([200, type]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(['/other.php', '/UPPER.PHP', '/page.phtml', '/INDEX.PHP', '/.htaccess'])(
    '%s is 404, never source',
    async (path) => {
      const answer = await fetch(`${it.url}${path}`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain('<?php');
    },
  );

  test('is reached by its own name too, as forms that are sent to PHP_SELF do', async () => {
    const body = new URLSearchParams({ name: 'Ada' });
    expect(await json('/index.php', { method: 'POST', body })).toMatchObject({
      post: { name: 'Ada' },
      path: '',
      self: '/index.php',
    });
    expect(await json('/index.php/a/b')).toMatchObject({ uri: '/index.php/a/b', path: '/a/b' });
  });

  test('is described by the agent; what only the release tool may ask is 404 without its token', async () => {
    expect(await json('/_slipway/version')).toMatchObject({
      slot: 'staging',
      schema: '0',
      startedAt: expect.any(String),
    });
    expect(await json('/_slipway/live')).toEqual({ status: 'pass' });
    expect(await json('/_slipway/health')).toMatchObject({
      status: 'warn',
      checks: { php: [{ status: 'pass' }], sidecar: [{ status: 'warn', output: 'does not answer' }] },
    });
    for (const path of ['/_slipway/release/drain', '/_slipway/media', '/_slipway/anything', '/_slipway/']) {
      expect((await fetch(`${it.url}${path}`, { method: 'POST' })).status).toBe(404);
    }
    expect((await fetch(`${it.url}/_slipway/release/drain`, { method: 'POST', headers: token })).status).toBe(200);
    expect((await fetch(`${it.url}/_slipway/release/drain`, { headers: token })).status).toBe(405);
    expect((await fetch(`${it.url}/_slipway/release/migrate`, { method: 'POST', headers: token })).status).toBe(404);
  });
});

describe('an application whose every script runs', () => {
  let it: Container;

  beforeAll(async () => {
    const files = {
      'slipway.yaml': 'scripts: all\nmedia: [{path: uploads, url: /uploads, mode: shared}]\n',
      'put.php':
        '<?php foreach (["a.txt", "a.php", "b.phtml", ".htaccess"] as $name) file_put_contents("uploads/$name", "<?php echo 1;");',
      'index.php': '<?php echo "home ", $_SERVER["REQUEST_URI"];',
      'wp-login.php': '<?php echo "login ", $_SERVER["SCRIPT_NAME"], " ", $_SERVER["PATH_INFO"] ?? "";',
      'admin/index.php': '<?php echo "admin";',
      'Upper.PHP': '<?php echo "source";',
      'vendor/lib.php': '<?php echo "run";',
      'style.css': 'a{}',
    };
    it = await Container.create(join(scratch, 'all/container'), await packageOf('all', files), settings);
    await it.start();
  });

  afterAll(() => it?.stop());

  test.each([
    ['/', 'home /'],
    ['/some/post/', 'home /some/post/'],
    ['/wp-login.php', 'login /wp-login.php '],
    ['/wp-login.php/rest', 'login /wp-login.php /rest'],
    ['/admin/', 'admin'],
    ['/style.css', 'a{}'],
  ])('%s answers %j', async (path, text) => {
    expect(await (await fetch(`${it.url}${path}`)).text()).toBe(text);
  });

  test('serves what was uploaded, and nothing of it that is a script or hidden', async () => {
    await (await fetch(`${it.url}/put.php`)).text();
    expect((await fetch(`${it.url}/uploads/a.txt`)).status).toBe(200);
    for (const name of ['a.php', 'b.phtml', '.htaccess']) {
      const answer = await fetch(`${it.url}/uploads/${name}`);
      expect([name, answer.status, await answer.text()]).toEqual([name, 404, expect.not.stringContaining('<?php')]);
    }
  });

  test.each(['/Upper.PHP', '/slipway.yaml', '/nothing.php'])('%s is 404, never source', async (path) => {
    const answer = await fetch(`${it.url}${path}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('<?php');
  });
});

test('a container of a user without root has the writable directories that the tree lacks, and read-only code', async () => {
  const script = `<?php echo json_encode([file_put_contents('cache/deep/x', 'x'), @file_put_contents('lib/x', 'x')]);`;
  const files = { 'slipway.yaml': 'writable: [cache/deep]\n', 'index.php': script, 'lib/a.txt': '' };
  const it = await Container.create(join(scratch, 'user/container'), await packageOf('user', files), settings);
  await it.withoutRoot();
  await chmod(scratch, 0o755);
  await it.start();
  expect(await (await fetch(it.url)).json()).toEqual([1, false]);
  await it.stop();
});

test('a file that a release changed has another validator, one that it did not change the same', async () => {
  const validators = async (name: string, script: string): Promise<(string | null)[]> => {
    const file = await packageOf(name, { 'index.php': '<?php', 'app.js': script, 'same.css': 'a{}' });
    const it = await Container.create(join(scratch, name, 'container'), file, settings);
    await it.start();
    const answers = await Promise.all(['/app.js', '/same.css'].map((path) => fetch(`${it.url}${path}`)));
    await it.stop();
    return answers.map(({ headers }) => headers.get('etag'));
  };
  const [script, style] = await validators('before', 'let a = 1;');
  const [changed, same] = await validators('after', 'let a = 2;');
  expect(changed).not.toBe(script);
  expect(same).toBe(style);
});

describe('a container does not start', () => {
  async function refused(
    name: string,
    files: Readonly<Record<string, string>>,
    { spoil, startSeconds = 90 }: { spoil?: (it: Container) => Promise<void>; startSeconds?: number } = {},
  ) {
    const it = await Container.create(join(scratch, name, 'container'), await packageOf(name, files), {
      ...settings,
      START_SECONDS: String(startSeconds),
    });
    await spoil?.(it);
    const code = await it.ends();
    const log = await it.log();
    await it.stop();
    return { code, log };
  }

  test('from a damaged archive', async () => {
    const spoil = ({ wwwroot }: Container) => appendFile(join(wwwroot, 'application.tar.gz'), 'x');
    const { code, log } = await refused('damaged', { 'index.php': '<?php' }, { spoil });
    expect(code).toBe(1);
    expect(log).toContain('is not the one that was packed');
  });

  test('when a start command fails, and says which', async () => {
    const manifest = 'start: ["php -r \'echo 12345; exit(3);\'"]\n';
    const { code, log } = await refused('failing', { 'index.php': '<?php', 'slipway.yaml': manifest });
    expect(code).toBe(1);
    expect(log).toContain('12345');
    expect(log).toContain('ended with code 3');
  });

  test('when a start command hangs', async () => {
    const manifest = 'start: [sleep 600]\n';
    const { code, log } = await refused(
      'hanging',
      { 'index.php': '<?php', 'slipway.yaml': manifest },
      { startSeconds: 1 },
    );
    expect(code).toBe(1);
    expect(log).toContain('did not end within 1 s');
  });
});
