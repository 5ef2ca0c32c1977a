import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { WebSlot } from '../release/appservice/web-slot.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { bringFirstFiles } from '../release/phases/first-files.ts';
import { Container } from '../testbed/container.ts';

const run = promisify(execFile);

const APPLICATION = `<?php
  $file = dirname(__DIR__).'/storage/media/'.$_GET['name'];
  match ($_GET['do']) {
    'try' => print false === @file_put_contents($file, str_repeat('x', 2_000_000)) ? error_get_last()['message'] : 'written',
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

interface Check {
  readonly status: string;
  readonly output?: string;
}

async function health(): Promise<Check | undefined> {
  const answer = await fetch(`${blue.url}/_slipway/health`);
  const { checks } = (await answer.json()) as { checks: Record<string, Check[]> };
  return checks.share?.[0];
}

function putFile(path: string) {
  const file = { method: 'PUT', token: 't', bytes: Buffer.alloc(2_000_000) } as const;
  return new WebSlot(blue.url).ask(`/_slipway/release/files?path=${encodeURIComponent(path)}`, file);
}

test('a write that finds no room fails with its reason, a file of a release is refused, and the rest is still served', async () => {
  const media = join(share, 'storage/media');
  await writeFile(join(media, 'kept.txt'), 'kept');
  // The kernel refuses each write to it as it does on a full disk; and nothing can lie below it.
  for (const name of ['full.bin', 'full']) await symlink('/dev/full', join(media, name));
  expect(await act(blue, { do: 'try', name: 'full.bin' })).toMatch(/No space left|free disk space/);
  expect((await putFile('storage/media/full/new.bin')).status).toBe(507);
  expect(await (await fetch(`${blue.url}/media/kept.txt`)).text()).toBe('kept');
});

test('a share that is full says so in deep health, and takes files again once there is room', async () => {
  const unmount = await smallDisk(share);
  // Whoever may not mount a disk has proven by the test before, and by those of ShareRoom, what can be without.
  if (unmount === undefined) return;
  try {
    await mkdir(join(share, 'storage/media'), { recursive: true });
    expect((await health())?.status).toBe('pass');
    expect(await act(blue, { do: 'try', name: 'a.bin' })).toBe('written');
    expect(await act(blue, { do: 'try', name: 'b.bin' })).toMatch(/No space left|free disk space/);
    expect((await putFile('storage/media/c.bin')).status).toBe(507);
    expect((await readdir(join(share, 'storage/media'))).sort()).toEqual(['a.bin', 'b.bin']);
    expect(await health()).toMatchObject({ status: 'warn', output: 'the share of media is full, so that writes fail' });
    await act(blue, { do: 'delete', name: 'b.bin' });
    await act(blue, { do: 'delete', name: 'a.bin' });
    expect((await health())?.status).toBe('pass');
    expect(await act(green, { do: 'try', name: 'b.bin' })).toBe('written');
  } finally {
    await unmount();
  }
});

test('deep health says when the share cannot be written to', async () => {
  expect((await health())?.status).toBe('pass');
  await rm(share, { recursive: true });
  expect((await health())?.status).toBe('fail');
});

/** A disk of 3 MiB in the directory's place, where this user may mount one. */
async function smallDisk(directory: string): Promise<(() => Promise<unknown>) | undefined> {
  const mount = run('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=0777', 'tmpfs', directory]);
  if (
    !(await mount.then(
      () => true,
      () => false,
    ))
  )
    return undefined;
  return () => run('umount', ['--lazy', directory]);
}
