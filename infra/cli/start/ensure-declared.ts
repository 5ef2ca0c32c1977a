import { SlipError } from '../../lib/errors.ts';
import { WebSlot } from '../../release/appservice/web-slot.ts';
import { declareRunning } from '../../release/declare.ts';
import { readDeclared } from '../../release/phases/live-declaration.ts';
import type { Listener } from '../../release/phases/steps.ts';
import type { ReleaseTarget } from '../../release/target/target.ts';

/**
 * Has the workers of production run again when a release that was killed, or a swap by hand, left them ended. Nothing while another command
 * is at work: it declares production itself.
 */
export async function ensureDeclared(target: ReleaseTarget, listener: Listener): Promise<void> {
  const production = new WebSlot(target.urls.production);
  const state = await readDeclared({ production, tokens: await target.tokens() });
  if (state === undefined || !state.hasWorkers || state.declared === state.version) return;
  await declareRunning({ target, listener, command: 'start' }).catch((error: unknown) => {
    if (!(error instanceof SlipError) || error.code !== 'SLIP-RELEASE-LOCKED') throw error;
  });
}
