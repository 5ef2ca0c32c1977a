import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ZipFile } from 'yazl';
import { ArmError } from './arm-error.ts';
import { DEFAULT_ARCHIVE_LIMITS, extractArchive } from './package-archive.ts';

async function packageOf(names: readonly string[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const name of names) zip.addBuffer(Buffer.from(`content of ${name} `.repeat(20)), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test('a package with any bytes changed is unpacked or refused; nothing is ever written beside the directory', async () => {
  const good = await packageOf(['index.php', 'src/Kernel.php', 'public/a/b/c.txt', 'composer.json']);
  const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) });
  const outcomes = { unpacked: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const root = await mkdtemp(join(tmpdir(), 'slipway-zip-'));
      try {
        const bytes = Buffer.from(good);
        for (const { at, byte } of changes) bytes[at] = byte;
        await writeFile(join(root, 'package.zip'), bytes);
        await mkdir(join(root, 'content'));
        await extractArchive(join(root, 'package.zip'), join(root, 'content'), DEFAULT_ARCHIVE_LIMITS).then(
          () => {
            outcomes.unpacked += 1;
          },
          (error) => {
            expect(error).toBeInstanceOf(ArmError);
            outcomes.refused += 1;
          },
        );
        expect((await readdir(root)).sort()).toEqual(['content', 'package.zip']);
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    }),
    { numRuns: 150 },
  );
  expect(outcomes.unpacked).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});

test.each([
  ['entries', { entries: 1 }, /2 entries, more than 1/],
  ['bytes', { totalBytes: 10 }, /more than 10 bytes/],
  ['ratio', { ratio: 1, ratioFromBytes: 1 }, /more than 1 times/],
])('a package over the limit of %s is refused', async (_, limit, message) => {
  const root = await mkdtemp(join(tmpdir(), 'slipway-zip-'));
  const file = join(root, 'package.zip');
  await writeFile(file, await packageOf(['a', 'b']));
  await expect(extractArchive(file, root, { ...DEFAULT_ARCHIVE_LIMITS, ...limit })).rejects.toThrow(message);
  expect(await readdir(root)).toEqual(['package.zip']);
  await rm(root, { recursive: true });
});
