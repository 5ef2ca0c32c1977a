import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { png, sha256, ulidName, writeAtomically } from '../testbed/files.ts';
import type { SidecarProcess } from '../testbed/sidecar-process.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';

jest.setTimeout(120_000);

/** The real sidecar against a real Azurite over TLS with OAuth. */
describe('the sidecar', () => {
  let bed: Testbed;
  let sidecar: SidecarProcess;

  beforeAll(async () => {
    bed = await Testbed.start();
    sidecar = await bed.sidecar();
  });
  afterAll(() => bed?.stop());

  const blob = (name: string) => bed.azurite.container().getBlobClient(name);
  const isSynced = (name: string) => () => existsSync(join(sidecar.synced, name));

  test('answers carry with durable once the image is in Blob with its MD5 and media type', async () => {
    const [name, bytes] = [ulidName(), png()];
    await writeAtomically(sidecar.outbox, name, bytes);
    const response = await sidecar.carryOnceAvailable(name);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ durable: true });
    const facts = await blob(name).getProperties();
    expect(Buffer.from(facts.contentMD5 ?? []).equals(createHash('md5').update(bytes).digest())).toBe(true);
    expect(facts.contentLength).toBe(bytes.length);
    expect(facts.contentType).toBe('image/png');
    expect(sha256(await readFile(join(sidecar.synced, name)))).toBe(sha256(bytes));
    expect(existsSync(join(sidecar.outbox, name))).toBe(false);
  });

  test('carries by scan alone what nobody asked for', async () => {
    const name = ulidName('jpg');
    await writeAtomically(sidecar.outbox, name, png());
    await until('it is synced', isSynced(name));
    expect((await blob(name).getProperties()).contentType).toBe('image/png');
  });

  test('carries files in folders, which become prefixes and stay', async () => {
    const name = `_probe/${ulidName()}`;
    await mkdir(join(sidecar.outbox, '_probe'), { recursive: true });
    await writeAtomically(sidecar.outbox, name, png());
    expect((await sidecar.carryOnceAvailable(name)).status).toBe(200);
    expect(await blob(name).exists()).toBe(true);
    expect(existsSync(join(sidecar.outbox, '_probe'))).toBe(true);
  });

  test('answers 404 for a file that is not there and 200 for one that is synced already', async () => {
    const name = ulidName();
    expect((await sidecar.carry(name)).status).toBe(404);
    expect((await sidecar.carry('foreign and absent.png')).status).toBe(404);
    await writeAtomically(sidecar.outbox, name, png());
    await until('it is synced', isSynced(name));
    expect((await sidecar.carryOnceAvailable(name)).status).toBe(200);
  });

  test('counts as done what Blob has with the same contents, and sets aside what differs', async () => {
    const [same, other] = [ulidName(), ulidName()];
    const bytes = png();
    await bed.azurite.container().getBlockBlobClient(same).upload(bytes, bytes.length);
    await bed.azurite.container().getBlockBlobClient(other).upload('something else', 14);
    await writeAtomically(sidecar.outbox, same, bytes);
    await writeAtomically(sidecar.outbox, other, bytes);
    expect((await sidecar.carryOnceAvailable(same)).status).toBe(200);
    expect((await sidecar.carryOnceAvailable(other)).status).toBe(409);
    expect(sha256(await readFile(join(sidecar.conflicts, other)))).toBe(sha256(bytes));
    expect((await blob(other).downloadToBuffer()).toString()).toBe('something else');
    const { media } = await sidecar.status();
    expect(media.conflicts).toContain(other);
  });

  test('compares with a blob that has no MD5 by reading it', async () => {
    const name = ulidName();
    const bytes = png(5_000);
    const client = bed.azurite.container().getBlockBlobClient(name);
    await client.stageBlock('AAAA', bytes, bytes.length);
    await client.commitBlockList(['AAAA']);
    expect((await client.getProperties()).contentMD5).toBeUndefined();
    await writeAtomically(sidecar.outbox, name, bytes);
    expect((await sidecar.carryOnceAvailable(name)).status).toBe(200);
  });

  test('never overwrites a different file in synced', async () => {
    const name = 'again.txt';
    await mkdir(sidecar.synced, { recursive: true });
    await writeFile(join(sidecar.synced, name), 'first');
    await writeFile(join(sidecar.outbox, name), 'second');
    await until('it has left the outbox', () => !existsSync(join(sidecar.outbox, name)));
    expect(await readFile(join(sidecar.synced, name), 'utf8')).toBe('second');
    expect(await readFile(join(sidecar.conflicts, name), 'utf8')).toBe('first');
  });

  test('carries foreign files under their own names, whatever SMB can hold', async () => {
    const names = [
      'with buffers and (brackets).txt',
      "it's 100% #1 & more+plus=.txt",
      '%41%2e.txt',
      'été 日本語 🎈.txt',
      `${'a'.repeat(251)}.txt`,
      `${'日'.repeat(83)}.txt`,
      'deep/er/and deeper/file.txt',
      'semi;colon,comma@at~tilde`tick^{}[]$!.txt',
      'empty.txt',
    ];
    const contents = (name: string): string => (name === 'empty.txt' ? '' : `contents of ${name}`);
    for (const name of names) {
      await mkdir(join(sidecar.outbox, name, '..'), { recursive: true });
      await writeFile(join(sidecar.outbox, name), contents(name));
    }
    for (const name of names) {
      await until(`${name} is synced`, isSynced(name));
      expect((await blob(name).downloadToBuffer()).toString()).toBe(contents(name));
      expect(await (await sidecar.blob(name)).text()).toBe(contents(name));
    }
  });

  test('reads blobs through, with ranges', async () => {
    const name = ulidName();
    const bytes = png(10_000);
    await writeAtomically(sidecar.outbox, name, bytes);
    await sidecar.carry(name);
    const md5 = createHash('md5').update(bytes).digest('base64');
    const whole = await sidecar.blob(name);
    expect(whole.headers.get('content-type')).toBe('image/png');
    expect(whole.headers.get('x-ms-blob-content-md5')).toBe(md5);
    expect(sha256(new Uint8Array(await whole.arrayBuffer()))).toBe(sha256(bytes));
    const ranges: [string, number, Buffer | undefined][] = [
      ['bytes=0-99', 206, bytes.subarray(0, 100)],
      ['bytes=9000-', 206, bytes.subarray(9_000)],
      ['bytes=-10', 206, bytes.subarray(-10)],
      ['bytes=-99999', 206, bytes],
      ['bytes=5-1', 200, bytes],
      ['bytes=0-1,4-5', 200, bytes],
      ['lines=1-2', 200, bytes],
      ['bytes=999999-', 416, undefined],
      ['bytes=-0', 416, undefined],
    ];
    for (const [range, status, part] of ranges) {
      const response = await sidecar.blob(name, { headers: { range } });
      expect([range, response.status]).toEqual([range, status]);
      const body = Buffer.from(await response.arrayBuffer());
      if (part !== undefined) expect([range, sha256(body)]).toEqual([range, sha256(part)]);
      if (status === 206) expect(response.headers.get('content-range')).toMatch(new RegExp(`/${bytes.length}$`));
      if (status < 400) expect([range, response.headers.get('x-ms-blob-content-md5')]).toEqual([range, md5]);
    }
    const head = await sidecar.blob(name, { method: 'HEAD' });
    expect(head.headers.get('x-ms-blob-content-md5')).toBe(md5);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
    expect((await sidecar.blob(ulidName())).status).toBe(404);
    expect((await sidecar.blob(ulidName(), { method: 'HEAD' })).status).toBe(404);
  });

  test('drains: answers when all that was there is durable, however much there is', async () => {
    const names = Array.from({ length: 200 }, () => ulidName());
    await Promise.all(names.map((name) => writeAtomically(sidecar.outbox, name, png())));
    const response = await sidecar.drain(20);
    expect(response.status).toBe(200);
    const left = (await readdir(sidecar.outbox)).filter((name) => names.includes(name));
    expect(left).toEqual([]);
  });

  test('takes a conflict back into the outbox on retry, and says so when its place is taken', async () => {
    const name = ulidName();
    const bytes = png();
    await bed.azurite.container().getBlockBlobClient(name).upload('wrong', 5);
    await writeAtomically(sidecar.outbox, name, bytes);
    expect((await sidecar.carry(name)).status).toBe(409);
    await blob(name).delete();
    expect((await sidecar.retry(name)).status).toBe(202);
    await until('it is synced', isSynced(name));
    expect((await sidecar.retry(name)).status).toBe(404);
  });

  test('streams a file that is larger than its memory for one', async () => {
    const name = ulidName('bin');
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'slipway ');
    await writeAtomically(sidecar.outbox, name, bytes);
    expect((await sidecar.carryOnceAvailable(name, 10_000)).status).toBe(200);
    const facts = await blob(name).getProperties();
    expect(Buffer.from(facts.contentMD5 ?? []).equals(createHash('md5').update(bytes).digest())).toBe(true);
    const read = await sidecar.blob(name);
    expect(sha256(new Uint8Array(await read.arrayBuffer()))).toBe(sha256(bytes));
  });

  test('obeys SIGTERM with exit code 0, and is ready again afterwards', async () => {
    expect(await sidecar.down()).toBe(0);
    await sidecar.up();
  });

  test('waits with an outbox that is unavailable, reports it, and goes on when it is back', async () => {
    const name = ulidName();
    const isReady = async () => (await fetch(`${sidecar.url}/readyz`)).ok;
    // One step, in which the sidecar cannot act: it makes a folder that is missing again at once.
    await chmod(sidecar.mediaRoot, 0o000);
    try {
      await until('it is not ready', async () => !(await isReady()));
      await until('it says why', () => sidecar.output.includes('SLIP-SIDECAR-MEDIA'));
    } finally {
      await chmod(sidecar.mediaRoot, 0o755);
    }
    await until('it is ready', isReady);
    await writeAtomically(sidecar.outbox, name, png());
    await until('it is synced', isSynced(name));
  });

  test('makes a folder that has disappeared again', async () => {
    await rename(sidecar.synced, `${sidecar.synced}-aside`);
    await rename(sidecar.outbox, `${sidecar.outbox}-aside`);
    await until('both are there', () => existsSync(sidecar.outbox) && existsSync(sidecar.synced));
    const name = ulidName();
    await writeAtomically(sidecar.outbox, name, png());
    await until('it is synced', isSynced(name));
  });
});
