import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { avif, bmp, mp4, pdf, zip } from '../../testbed/documents.ts';
import { contentType, SNIFF_BYTES } from './content-type.ts';
import { structureProblem } from './structure.ts';

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
    return await structureProblem(name, file, bytes.length);
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

describe('a file with an end', () => {
  test.each([
    ['pdf', pdf(), 'application/pdf'],
    ['pdf that is linearized', pdf({ linearized: true }), 'application/pdf'],
    ['zip', zip(), 'application/zip'],
    ['zip with a zip inside', zip([zip()]), 'application/zip'],
    ['zip with a comment', zip([Buffer.from('x')], 'a comment'), 'application/zip'],
    ['empty zip', zip([]), 'application/zip'],
    ['mp4 with its index behind', mp4(), 'video/mp4'],
    ['mp4 with its index before', mp4({ indexFirst: true }), 'video/mp4'],
    ['mp4 with 64-bit lengths', mp4({ largeSizes: true }), 'video/mp4'],
    ['avif', avif(), 'image/avif'],
    ['bmp', bmp(), 'image/bmp'],
  ])('%s: is whole as it is, and torn at every length below', async (_, bytes, type) => {
    expect(contentType(bytes.subarray(0, SNIFF_BYTES))).toBe(type);
    expect(await problem('any name', bytes)).toBeUndefined();
    const shortest = Math.min(bytes.length - 1, 18);
    const cuts = Array.from({ length: 80 }, (_, at) =>
      Math.floor(shortest + ((bytes.length - 1 - shortest) * at) / 79),
    );
    for (const cut of new Set(cuts)) {
      expect([cut, await problem('any name', bytes.subarray(0, cut))]).toEqual([
        cut,
        expect.stringContaining('not all there'),
      ]);
    }
  });

  test('ISO media with its index before the data is torn between the two', async () => {
    for (const bytes of [mp4({ indexFirst: true }), avif()]) {
      const data = bytes.indexOf('mdat') - 4;
      expect(await problem('any name', bytes.subarray(0, data))).toMatch(/not all there/);
    }
  });

  test('further bytes behind a PDF, as mail adds them, do not matter', async () => {
    expect(await problem('a.pdf', Buffer.concat([pdf(), Buffer.from('\r\n\0')]))).toBeUndefined();
  });

  test('named as an image, but of another kind, is not the image that was promised', async () => {
    for (const bytes of [mp4(), avif(), pdf(), bmp()])
      expect(await problem('photo.jpg', bytes)).toMatch(/no such image/);
  });

  test('of random bytes behind a true beginning never makes the reader fail', async () => {
    for (const bytes of [pdf(), zip(), mp4(), bmp()]) {
      for (let round = 0; round < 30; round += 1) {
        await problem('x', Buffer.concat([bytes.subarray(0, 16), randomBytes(300)]));
      }
    }
  });
});
