import { SlipError } from '../../lib/errors.ts';
import { isObject, parseObject } from '../../lib/json.ts';
import { untilDefined } from '../../lib/until.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

const LIST_PATH = '/api/images?limit=100';
/** Images that visitors make meanwhile are listed before ours. */
const MOST_PAGES = 5;

/** An image made as a visitor makes one: its URL gives its bytes, and the listing, which comes from the database, has it. */
export const listedImage: Gate<{ readonly slot: WebSlot; readonly settleMs: number; readonly pollMs: number }> = {
  name: 'listed-image',
  async check({ slot, settleMs, pollMs }) {
    const made = await slot.ask('/api/generate-image', { method: 'POST' });
    if (made.status !== 201) throw refused(`making one answers ${made.status ?? made.reason}`, '201');
    const { name, url, sha256 } = parseObject(made.text);
    const served = await slot.sha256(String(url));
    if (!('sha256' in served)) throw refused(`its URL ${url} gives ${served.status ?? 'no answer'}`, '200');
    if (served.sha256 !== sha256) throw refused(`its URL ${url} gives other bytes`, 'the bytes that were made');
    const listed = await untilDefined({ limitMs: settleMs, pollMs }, async () => await isListed(slot, String(name)));
    if (listed === true) return undefined;
    throw refused(`/api/images does not list ${name}: its row has not reached the database`, 'every image listed');
  },
};

async function isListed(slot: WebSlot, name: string): Promise<true | undefined> {
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, nextCursor } = parseObject((await slot.ask(`${LIST_PATH}${cursor}`)).text);
    if (Array.isArray(items) && items.some((item) => isObject(item) && item.name === name)) return true;
    if (typeof nextCursor !== 'string') return undefined;
    cursor = `&${new URLSearchParams({ cursor: nextCursor })}`;
  }
  return undefined;
}

function refused(found: string, expected: string): SlipError {
  return new SlipError('SLIP-RELEASE-IMAGE', {
    found: `an image made through /api/generate-image: ${found}`,
    expected,
    fix: 'see the staging slot’s logs; ./slipway status shows rows that wait for the database',
  });
}
