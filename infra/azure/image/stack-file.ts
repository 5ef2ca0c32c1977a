import { parseDocument } from 'yaml';

const KEY = 'slipway:sidecar.digest';

/** The text of a `Pulumi.<stack>.yaml` with the digest in it; everything else, comments too, stays as it is. */
export function withDigest(text: string, digest: string): string {
  const document = parseDocument(text);
  document.setIn(['config', KEY], digest);
  return document.toString();
}
