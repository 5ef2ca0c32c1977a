import type { ByteRange } from '../blob/store.ts';

export type RangeRequest =
  | { readonly kind: 'all' }
  | { readonly kind: 'range'; readonly range: ByteRange }
  /** The last bytes; which ones depends on the length. */
  | { readonly kind: 'last'; readonly count: number };

/** Reads a Range header. What is no single byte range is answered with the whole, as RFC 9110 allows. */
export function parseRange(header: string | undefined): RangeRequest {
  const match = header === undefined ? null : /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header);
  if (match === null) return { kind: 'all' };
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return { kind: 'all' };
  if (first === '') return { kind: 'last', count: Number(last) };
  const offset = Number(first);
  if (last === '') return { kind: 'range', range: { offset } };
  if (Number(last) < offset) return { kind: 'all' };
  return { kind: 'range', range: { offset, count: Number(last) - offset + 1 } };
}
