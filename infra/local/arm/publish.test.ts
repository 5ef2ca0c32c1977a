import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ZipFile } from 'yazl';
import { APP, type ArmFixture, armFixture, ended, GROUP, SLOT, VERSION, zipOf } from './arm.fixture.ts';
import { rawZip } from './raw-zip.fixture.ts';

let it: ArmFixture;

beforeEach(async () => {
  it = await armFixture({ plane: { largestPackage: 50 * 1024 * 1024 } });
});

afterEach(async () => it.remove());

const root = (): string => join(it.b.home, 'site', 'wwwroot');
const content = (name: string): Promise<string> => readFile(join(root(), name), 'utf8');
/** Everything below a home but what deployments keep is compared: nothing may be left behind. */
const leftovers = async (): Promise<string[]> =>
  (await readdir(join(it.b.home, 'site'))).filter((name) => name !== 'wwwroot');

test('a package is in place, and the app restarted with it, when the answer comes', async () => {
  const { starts } = it.b;
  const zip = await zipOf({ 'index.txt': 'v1', 'src/Kernel.php': '<?php', 'public/über.txt': 'ü' });
  const answer = await it.publish(zip);
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ status: 4, status_text: 'Success', complete: true, active: true });
  expect(await content('src/Kernel.php')).toBe('<?php');
  expect(await content('public/über.txt')).toBe('ü');
  expect((await it.b.ping('/')).body).toBe('v1');
  expect(it.b.starts).toBe(starts + 1);
  expect(it.a.starts).toBe(1);
  expect(await leftovers()).toEqual([]);
});

test('a package replaces what was there, unless clean=false', async () => {
  await it.publish(await zipOf({ 'index.txt': 'v1', 'old.txt': 'old' }));
  await it.publish(await zipOf({ 'index.txt': 'v2' }));
  expect(await readdir(root())).toEqual(['index.txt']);
  await it.publish(await zipOf({ 'more/new.txt': 'n' }), '&clean=false');
  expect((await readdir(root())).sort()).toEqual(['index.txt', 'more']);
  expect(await leftovers()).toEqual([]);
});

test('everything placed has the mode that /home has', async () => {
  await it.publish(await zipOf({ 'public/index.php': '' }));
  for (const path of [root(), join(root(), 'public'), join(root(), 'public/index.php')]) {
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('777');
  }
});

test('with path and clean=false files land below /home, next to what is there', async () => {
  const outbox = join(it.b.home, 'media', 'outbox');
  await mkdir(outbox, { recursive: true });
  await writeFile(join(outbox, 'waiting.png'), 'w');
  const { starts } = it.b;
  const answer = await it.publish(
    await zipOf({ 'a.png': 'a', 'album/b.png': 'b' }),
    '&path=/home/media/outbox&clean=false&restart=false',
  );
  expect(answer.status).toBe(200);
  expect((await readdir(outbox)).sort()).toEqual(['a.png', 'album', 'waiting.png']);
  expect(it.b.starts).toBe(starts);
});

test('the status of a deployment, the newest and by id; it moves with the content at a swap', async () => {
  const first = await it.publish(await zipOf({ a: '1' }));
  await it.publish(await zipOf({ a: '2' }));
  const scm = await it.client.webApps.getSlot(GROUP, APP, 'staging');
  const repository = scm.hostNameSslStates?.find(({ hostType }) => hostType === 'Repository')?.name ?? '';
  const ask = (path: string) => it.ask(`${new URL(`https://${repository}`).pathname}${path}`);
  const latest = await ask('/api/deployments/latest');
  expect(latest.json).toMatchObject({ status: 4, active: true });
  const byId = await ask(`/api/deployments/${String(first.json.id)}`);
  expect(byId.json).toMatchObject({ id: first.json.id, active: false });
  expect((await ask('/api/deployments')).json).toHaveLength(2);
  await it.client.webApps.swapSlot(
    GROUP,
    APP,
    'staging',
    { targetSlot: 'production', preserveVnet: true },
    { updateIntervalInMs: 10 },
  );
  expect((await ask('/api/deployments/latest')).status).toBe(404);
  expect((await it.ask(`/scm/${APP}/api/deployments/latest`)).json.id).toBe(latest.json.id);
});

const symlinkZip = async (): Promise<Buffer> => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('/etc/passwd'), 'link', { mode: 0o120777 });
  return ended(zip);
};

const deviceZip = async (): Promise<Buffer> => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(''), 'fifo', { mode: 0o010644 });
  return ended(zip);
};

const zeros = Buffer.alloc(20 * 1024 * 1024);

test.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
  ['not a zip', () => Buffer.from('hello'), /not a readable zip/],
  ['empty body', () => Buffer.alloc(0), /not a readable zip/],
  ['zip without a file', () => zipOf({}), /holds no file/],
  ['cut zip', async () => (await zipOf({ a: 'x'.repeat(1000) })).subarray(0, 80), /not a readable zip/],
  ['climbing path', () => rawZip([{ name: '../evil.txt' }]), /climbs out/],
  ['climbing path inside', () => rawZip([{ name: 'a/../../evil.txt' }]), /climbs out/],
  ['absolute path', () => rawZip([{ name: '/etc/cron.d/evil' }]), /is absolute/],
  ['drive', () => rawZip([{ name: 'C:/evil' }]), /is absolute/],
  ['backslashes', () => rawZip([{ name: '..\\evil.txt' }]), /cannot hold/],
  ['control character', () => rawZip([{ name: 'a\nb' }]), /control character/],
  ['NUL', () => rawZip([{ name: 'a\0.php' }]), /control character/],
  ['empty segment', () => rawZip([{ name: 'a//b' }]), /empty segment/],
  ['dot segment', () => rawZip([{ name: './b' }]), /empty segment/],
  ['empty name', () => rawZip([{ name: '' }]), /empty segment/],
  ['name SMB cannot hold', () => rawZip([{ name: 'what?.txt' }]), /cannot hold/],
  ['trailing dot', () => rawZip([{ name: 'dir./x' }]), /ends with a dot/],
  ['name that is not UTF-8', () => rawZip([{ name: Buffer.from([0x61, 0xff]) }]), /not valid UTF-8/],
  ['too long a segment', () => rawZip([{ name: 'x'.repeat(256) }]), /longer than 255/],
  ['symbolic link', symlinkZip, /symbolic link/],
  ['FIFO', deviceZip, /neither a file nor a directory/],
  ['same name twice', () => rawZip([{ name: 'a' }, { name: 'a' }]), /twice/],
  ['names that differ in case', () => rawZip([{ name: 'Index.php' }, { name: 'index.php' }]), /ignores case/],
  ['folders that differ in case', () => rawZip([{ name: 'Src/a' }, { name: 'src/b' }]), /ignores case/],
  ['names that differ in normal form', () => rawZip([{ name: 'u\u0308' }, { name: '\u00fc' }]), /ignores case/],
  ['file that is also a folder', () => rawZip([{ name: 'a' }, { name: 'a/b' }]), /file and a directory/],
  ['folder that is also a file', () => rawZip([{ name: 'a/b' }, { name: 'a' }]), /file and a directory/],
  ['bomb', () => zipOf({ bomb: zeros }), /times its size/],
  [
    'bomb in many files',
    () => zipOf(Object.fromEntries([...Array(8).keys()].map((n) => [`b${n}`, zeros.subarray(0, 1024 * 1024)]))),
    /times its size/,
  ],
  ['encrypted entry', () => rawZip([{ name: 'a', flags: 0x801, stored: Buffer.alloc(13), size: 1 }]), /encrypted/],
  ['unknown compression', () => rawZip([{ name: 'a', method: 99 }]), /unknown way/],
  ['damaged content', () => rawZip([{ name: 'a', content: Buffer.from('hello'), crc: 1 }]), /damaged/],
  [
    'content longer than it says',
    () => rawZip([{ name: 'a', method: 8, stored: deflateRawSync(zeros), size: 10 }]),
    /not a readable zip/,
  ],
  [
    'content that is no deflate',
    () => rawZip([{ name: 'a', method: 8, stored: Buffer.from('xxxx'), size: 10 }]),
    /not a readable zip/,
  ],
])('a package with a fault (%s) is 400 and changes nothing', async (_, make, message) => {
  await it.publish(await zipOf({ 'index.txt': 'good' }));
  const { starts } = it.b;
  const answer = await it.publish(await make());
  expect([answer.status, answer.json.error?.code]).toEqual([400, 'BadRequest']);
  expect(answer.json.error?.message).toMatch(message);
  expect(await readdir(root())).toEqual(['index.txt']);
  expect(await content('index.txt')).toBe('good');
  expect(await leftovers()).toEqual([]);
  expect(it.b.starts).toBe(starts);
  const latest = await it.ask(`/scm/${APP}-staging/api/deployments/latest`);
  expect(latest.json).toMatchObject({ status: 3, active: false });
});

test('a package over the limit is 413, with and without a length', async () => {
  const big = Buffer.alloc(51 * 1024 * 1024);
  expect((await it.publish(big)).status).toBe(413);
  const chunked = await it.ask(`/scm/${APP}-staging/api/publish?type=zip`, {
    method: 'POST',
    body: big,
    headers: { 'transfer-encoding': 'chunked' },
  });
  expect(chunked.status).toBe(413);
  expect(await leftovers()).toEqual([]);
});

test('a link that the app has laid is not gone through', async () => {
  await mkdir(join(it.b.home, 'media'), { recursive: true });
  await symlink(it.a.home, join(it.b.home, 'media', 'outbox'));
  const answer = await it.publish(await zipOf({ x: 'x' }), '&path=/home/media/outbox&clean=false');
  expect(answer.status).toBe(400);
  expect(await readdir(it.a.home)).toEqual([]);
});

test('one deployment at a time per slot, and no swap or preparation during one', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const zip = await zipOf({ a: 'a' });
  const first = it.site.deploy('staging', { receive: async (file) => held.then(() => writeFile(file, zip)) });
  expect((await it.publish(zip)).status).toBe(409);
  const body = '{"targetSlot":"production"}';
  for (const action of ['slotsswap', 'applySlotConfig']) {
    expect((await it.ask(`${SLOT}/${action}?${VERSION}`, { method: 'POST', body })).status).toBe(409);
  }
  expect((await it.ask(`/scm/${APP}-staging/api/deployments/latest`)).status).toBe(202);
  release();
  await first;
  expect(await content('a')).toBe('a');
});

test('no deployment while a swap runs', async () => {
  let answered = 0;
  it.b.onPing = async () => {
    answered ||= (await it.publish(await zipOf({ a: 'a' }))).status;
  };
  await it.site.swap('staging', 'production');
  await it.site.settled();
  expect(answered).toBe(409);
});

test('an upload that breaks off is a failed deployment and leaves nothing', async () => {
  const broken = it.site.deploy('staging', {
    receive: async (file) => {
      await writeFile(file, 'half');
      throw new Error('aborted');
    },
  });
  await expect(broken).rejects.toThrow('aborted');
  expect(await leftovers()).toEqual([]);
  expect(it.site.deployments('staging').at(-1)).toMatchObject({ status: 3, message: 'aborted' });
});

test('content that does not start is deployed all the same', async () => {
  it.b.startFailure = 'exit 1';
  expect((await it.publish(await zipOf({ a: 'a' }))).status).toBe(200);
  expect(it.site.startFailure('staging')).toBe('exit 1');
});
