import { parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';

const timeoutMs = 10_000;
const mostTries = 3;

/**
 * Has the slot open the connections of each of its workers, so that the first visitors after the swap do not wait for
 * them. A slot that cannot is no reason to stop: App Service's own warm-up follows.
 */
export async function warm(slot: WebSlot, token: string, tries = mostTries): Promise<void> {
  for (let turn = 1; turn <= tries; turn++) {
    const answer = await slot.ask('/_slipway/release/warm', { method: 'POST', token, timeoutMs });
    if (answer.status !== 200) return;
    const { requests, answered } = parseObject(answer.text);
    if (requests === answered) return;
  }
}
