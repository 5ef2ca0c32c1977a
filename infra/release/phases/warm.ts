import { parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';

const TIMEOUT_MS = 10_000;
const MOST_TRIES = 3;

/**
 * Has the slot open the connections of each of its workers, so that the first visitors after the swap do not wait for
 * them. A slot that cannot is no reason to stop: App Service's own warm-up follows.
 */
export async function warm(slot: WebSlot, token: string, tries = MOST_TRIES): Promise<void> {
  for (let turn = 1; turn <= tries; turn++) {
    const answer = await slot.ask('/_slipway/release/warm', { method: 'POST', token, timeoutMs: TIMEOUT_MS });
    if (answer.status !== 200) return;
    const { requests, answered } = parseObject(answer.text);
    if (requests === answered) return;
  }
}
