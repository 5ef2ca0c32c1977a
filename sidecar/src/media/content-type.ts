/** Bytes from the start of a file that `contentType` wants to see. */
export const SNIFF_BYTES = 64;

export type ImageKind = 'png' | 'jpeg' | 'gif' | 'webp';

const IMAGE_EXTENSIONS: Readonly<Record<string, ImageKind>> = {
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  jpe: 'jpeg',
  jfif: 'jpeg',
  gif: 'gif',
  webp: 'webp',
};

/** The kind of image by its first bytes. */
export function imageByMagic(head: Uint8Array): ImageKind | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 16)).toString('latin1');
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  return undefined;
}

/** The kind of image that a name promises. */
export function imageByExtension(path: string): ImageKind | undefined {
  const match = /\.([A-Za-z0-9]+)$/.exec(path);
  return match?.[1] === undefined ? undefined : IMAGE_EXTENSIONS[match[1].toLowerCase()];
}

/** The media type of the bytes, never of the name: a name is not to be believed. */
export function contentType(head: Uint8Array): string {
  const image = imageByMagic(head);
  if (image !== undefined) return `image/${image}`;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES)).toString('latin1');
  if (text.startsWith('%PDF-')) return 'application/pdf';
  if (text.startsWith('PK\x03\x04')) return 'application/zip';
  if (text.startsWith('\x1f\x8b')) return 'application/gzip';
  if (text.startsWith('BM') && text.slice(6, 10) === '\0\0\0\0') return 'image/bmp';
  if (text.slice(4, 8) === 'ftyp') return /^avi[fs]/.test(text.slice(8)) ? 'image/avif' : 'video/mp4';
  if (text.startsWith('OggS')) return 'application/ogg';
  return 'application/octet-stream';
}
