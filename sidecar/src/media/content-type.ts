/** Bytes from the start of a file that `contentType` needs. */
export const SNIFF_BYTES = 64;

export type ImageKind = 'png' | 'jpeg' | 'gif' | 'webp';

/** The formats whose structure says where a file ends. */
export type Format = ImageKind | 'bmp' | 'pdf' | 'zip' | 'ISO media';

const IMAGE_EXTENSIONS: Readonly<Record<string, ImageKind>> = {
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  jpe: 'jpeg',
  jfif: 'jpeg',
  gif: 'gif',
  webp: 'webp',
};

/** The format by the first bytes, of which 16 are enough. */
export function formatByMagic(head: Uint8Array): Format | undefined {
  const text = latin1(head);
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.startsWith('BM') && text.slice(6, 10) === '\0\0\0\0') return 'bmp';
  if (text.startsWith('%PDF-')) return 'pdf';
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'zip';
  return text.slice(4, 8) === 'ftyp' ? 'ISO media' : undefined;
}

/** The kind of image that a name promises. */
export function imageByExtension(path: string): ImageKind | undefined {
  const match = /\.([A-Za-z0-9]+)$/.exec(path);
  return match?.[1] === undefined ? undefined : IMAGE_EXTENSIONS[match[1].toLowerCase()];
}

/** The media type by the bytes. The name does not matter, because it may be wrong. */
export function contentType(head: Uint8Array): string {
  const text = latin1(head);
  const format = formatByMagic(head);
  if (format === 'ISO media') return /^avi[fs]/.test(text.slice(8)) ? 'image/avif' : 'video/mp4';
  if (format === 'pdf' || format === 'zip') return `application/${format}`;
  if (format !== undefined) return `image/${format}`;
  if (text.startsWith('\x1f\x8b')) return 'application/gzip';
  if (text.startsWith('OggS')) return 'application/ogg';
  return 'application/octet-stream';
}

function latin1(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES)).toString('latin1');
}
