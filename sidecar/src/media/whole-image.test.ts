import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { imageProblem } from './whole-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Real images, made by GD, which the web application uses too; the JPEG with a thumbnail inside, as cameras make them. */
const images = JSON.parse(
  execFileSync('php', [
    '-r',
    `$i = imagecreatetruecolor(300, 200); for ($n = 0; $n < 3000; $n++) imagesetpixel($i, rand(0, 299), rand(0, 199), rand());
     $make = function (callable $write) { ob_start(); $write(); return base64_encode(ob_get_clean()); };
     echo json_encode([
       'png' => $make(fn () => imagepng($i)), 'jpeg' => $make(fn () => imagejpeg($i)), 'webp' => $make(fn () => imagewebp($i)),
       'progressive.jpeg' => $make(function () use ($i) { imageinterlace($i, true); imagejpeg($i); }),
       'gif' => $make(function () use ($i) { imagetruecolortopalette($i, true, 256); imagegif($i); }),
     ]);`,
  ]).toString(),
) as Record<string, string>;
const bytesOf = (kind: string): Buffer => Buffer.from(images[kind] ?? '', 'base64');
const thumbnailed = Buffer.concat([
  bytesOf('jpeg').subarray(0, 2),
  Buffer.from([0xff, 0xe1, (8_000 + 2) >> 8, (8_000 + 2) & 0xff]),
  Buffer.concat([bytesOf('progressive.jpeg'), Buffer.alloc(8_000)]).subarray(0, 7_998),
  Buffer.from([0xff, 0xd9]),
  bytesOf('jpeg').subarray(2),
]);

async function problem(name: string, bytes: Uint8Array): Promise<string | undefined> {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const file = await open(path);
  try {
    return await imageProblem(name, file, bytes.length);
  } finally {
    await file.close();
  }
}

describe('an image', () => {
  test.each([
    ['png', bytesOf('png')],
    ['gif', bytesOf('gif')],
    ['webp', bytesOf('webp')],
    ['jpeg', bytesOf('jpeg')],
    ['progressive jpeg', bytesOf('progressive.jpeg')],
    ['jpeg with a thumbnail', thumbnailed],
  ])(
    '%s is whole as it is, with something behind it, and under any name; and torn at every length below',
    async (_, bytes) => {
      expect(bytes.length).toBeGreaterThan(200);
      expect(await problem('no-extension', bytes)).toBeUndefined();
      expect(await problem('wrong.png', bytes)).toBeUndefined();
      expect(await problem('x', Buffer.concat([bytes, Buffer.from('trailing')]))).toBeUndefined();
      const cuts = [
        16,
        100,
        ...Array.from({ length: 60 }, (_, at) => Math.floor((bytes.length * (at + 1)) / 61)),
        bytes.length - 1,
      ];
      for (const cut of cuts.filter((length) => length < bytes.length)) {
        expect([cut, await problem('no-extension', bytes.subarray(0, cut))]).toEqual([
          cut,
          expect.stringContaining('not all there'),
        ]);
      }
    },
  );

  test('that ends with its thumbnail is torn, although an EOI is the last thing there', async () => {
    const end = thumbnailed.indexOf(Buffer.from([0xff, 0xd9])) + 2;
    expect(end).toBeLessThan(thumbnailed.length - 5_000);
    expect(await problem('x', thumbnailed.subarray(0, end))).toMatch(/not all there/);
  });

  test('that is empty, or none at all under an image’s name, is incomplete; another empty file is a file', async () => {
    for (const name of ['a.png', 'a.JPG', 'a.webp', 'a.gif']) {
      expect(await problem(name, Buffer.alloc(0))).toBeDefined();
      expect(await problem(name, Buffer.from('plain text'))).toBeDefined();
    }
    expect(await problem('a.txt', Buffer.alloc(0))).toBeUndefined();
    expect(await problem('a.txt', Buffer.from('plain text'))).toBeUndefined();
  });

  test('of random bytes behind a true beginning never makes the reader fail', async () => {
    for (const kind of ['png', 'gif', 'webp', 'jpeg']) {
      for (let round = 0; round < 30; round += 1) {
        const bytes = Buffer.concat([
          bytesOf(kind).subarray(0, 16),
          Buffer.from(Array.from({ length: 300 }, () => Math.floor(Math.random() * 256))),
        ]);
        await problem('x', bytes);
      }
    }
  });
});
