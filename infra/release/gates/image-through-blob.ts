import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

const PROBE_TIMEOUT_MS = 30_000;

/** An image that no listing shows: made, carried to Blob, read back through Blob and at its own URL. */
export const imageThroughBlob: Gate<{ readonly slot: WebSlot; readonly releaseToken: string }> = {
  name: 'image-through-blob',
  async check({ slot, releaseToken: token }) {
    const made = await slot.ask('/_slipway/release/probe', { method: 'POST', token, timeoutMs: PROBE_TIMEOUT_MS });
    if (made.status !== 201) throw refused(`making one answers ${made.status ?? made.reason}`, '201');
    const { url, sha256, durable, readBack } = parseObject(made.text);
    if (durable !== true) throw refused('it was made, but is not in Blob', '`durable: true`');
    if (readBack !== true) throw refused('it is in Blob, but was not read back from there whole', 'the same bytes');
    const served = await slot.sha256(String(url));
    if ('sha256' in served && served.sha256 === sha256) return undefined;
    const found = 'sha256' in served ? 'other bytes' : `status ${served.status ?? 'none'}`;
    throw refused(`its URL gives ${found}`, 'the bytes that were made');
  },
};

function refused(found: string, expected: string): SlipError {
  return new SlipError('SLIP-RELEASE-IMAGE', {
    found: `the probe image: ${found}`,
    expected,
    fix: 'see ./slipway status for the sidecar, and the staging slot’s logs',
  });
}
