import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { WebSlot } from '../release/appservice/web-slot.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { bringFirstFiles } from '../release/phases/first-files.ts';
import { Container } from '../testbed/container.ts';

const APPLICATION = `<?php
  $file = dirname(__DIR__).'/storage/media/'.$_GET['name'];
  match ($_GET['do']) {
    'write' => @mkdir(dirname($file), 0777, true) || file_put_contents($file, $_GET['text']),
    'delete' => unlink($file),
    'list' => print implode(' ', array_values(array_diff(scandir($file), ['.', '..']))),
  };`;

let scratch: string;
let source: string;
let share: string;
let blue: Container;
let green: Container;
let firstFiles: readonly string[];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-share-'));
  source = join(scratch, 'source');
  share = join(scratch, 'share');
  const files = {
    'slipway.yaml': 'writable: [storage]\nmedia: [{path: storage/media, url: /media, mode: shared}]\n',
    'public/index.php': APPLICATION,
    'storage/media/logo.svg': '<svg/>',
    'storage/media/deep/er.txt': 'deep',
    'storage/media/.gitignore': '*',
    'storage/other.txt': 'other',
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), content);
  }
  await mkdir(share);
  const built = await buildPackage({ source, outDir: join(scratch, 'out'), cacheDir: join(scratch, 'cache') });
  firstFiles = built.firstFiles;
  const settings = { MEDIA_SHARE: share, RELEASE_TOKEN: 't' };
  blue = await Container.create(join(scratch, 'blue'), built.file, settings);
  green = await Container.create(join(scratch, 'green'), built.file, settings);
  await Promise.all([blue.start(), green.start()]);
});

afterAll(async () => {
  await Promise.all([blue?.stop(), green?.stop()]);
  await removeDisk(scratch);
});

async function act(container: Container, query: Record<string, string>): Promise<string> {
  const answer = await fetch(`${container.url}/?${new URLSearchParams(query)}`);
  expect(answer.status).toBe(200);
  return answer.text();
}

function media(container: Container, name: string): Promise<Response> {
  return fetch(`${container.url}/media/${name}`);
}

test('what one slot writes, the other has at once: new, overwritten, deleted', async () => {
  await act(blue, { do: 'write', name: 'a.txt', text: 'first' });
  expect(await (await media(green, 'a.txt')).text()).toBe('first');
  await act(green, { do: 'write', name: 'a.txt', text: 'second' });
  const answer = await media(blue, 'a.txt');
  expect(await answer.text()).toBe('second');
  expect(answer.headers.get('content-security-policy')).toBe('sandbox');
  await act(blue, { do: 'delete', name: 'a.txt' });
  expect((await media(green, 'a.txt')).status).toBe(404);
});

test('an entry has a folder of its own on the share, and the application finds it where it always was', async () => {
  await act(blue, { do: 'write', name: 'b.txt', text: 'b' });
  expect(await readFile(join(share, 'storage/media/b.txt'), 'utf8')).toBe('b');
  expect(await act(green, { do: 'list', name: '' })).toContain('b.txt');
});

test('a script that was uploaded is nothing, and so is a link that leads out of the share', async () => {
  await act(blue, { do: 'write', name: 'x.php', text: '<?php echo 1+1;' });
  expect((await media(blue, 'x.php')).status).toBe(404);
  await symlink('/etc/passwd', join(share, 'storage/media/link'));
  expect((await media(blue, 'link')).status).toBe(403);
  await rm(join(share, 'storage/media/link'));
});

test('the files that the tree brings stay out of the package and are put on the share once, never over another', async () => {
  expect(firstFiles).toEqual(['storage/media/deep/er.txt', 'storage/media/logo.svg']);
  expect((await stat(join(blue.app, 'storage/other.txt'))).isFile()).toBe(true);
  expect((await media(blue, 'logo.svg')).status).toBe(404);
  await act(blue, { do: 'write', name: 'logo.svg', text: 'mine' });
  const to = { slot: new WebSlot(green.url), token: 't', onProgress: () => undefined };
  expect(await bringFirstFiles({ directory: source, paths: firstFiles }, to)).toBe(1);
  expect(await (await media(blue, 'deep/er.txt')).text()).toBe('deep');
  expect(await (await media(blue, 'logo.svg')).text()).toBe('mine');
  expect(await bringFirstFiles({ directory: source, paths: firstFiles }, to)).toBe(0);
  expect((await readdir(join(share, 'storage/media'))).filter((name) => name.startsWith('.slipway'))).toEqual([]);
});

test('only the release tool puts files there, and only below shared media', async () => {
  const put = (path: string, token: string) =>
    new WebSlot(blue.url).ask(`/_slipway/release/files?path=${encodeURIComponent(path)}`, {
      method: 'PUT',
      token,
      bytes: Buffer.from('x'),
    });
  expect((await put('storage/media/y', 'other')).status).toBe(404);
  for (const path of ['storage/x', 'storage/media/../x', 'storage/media//x', '/etc/x', 'storage/media/']) {
    expect([path, (await put(path, 't')).status]).toEqual([path, 422]);
  }
  const large = await new WebSlot(blue.url).ask('/_slipway/release/files?path=storage/media/large', {
    method: 'PUT',
    token: 't',
    bytes: Buffer.alloc(70 * 1024 * 1024),
    timeoutMs: 60_000,
  });
  expect(large.status).toBe(201);
  expect((await stat(join(share, 'storage/media/large'))).size).toBe(70 * 1024 * 1024);
});

test('deep health says when the share cannot be written to', async () => {
  const health = async () => {
    const { checks } = (await (await fetch(`${blue.url}/_slipway/health`)).json()) as {
      checks: Record<string, { status: string }[]>;
    };
    return checks.share?.[0]?.status;
  };
  expect(await health()).toBe('pass');
  await rm(share, { recursive: true });
  expect(await health()).toBe('fail');
});
