import { SlipError } from '../../lib/errors.ts';
import { WebSlot } from '../appservice/web-slot.ts';
import type { ReleaseTarget } from '../target/target.ts';

export const slots = ['production', 'staging'] as const;
export type Slot = (typeof slots)[number];

/** What a slot's sidecar says of its files. Names are paths below the outbox. */
export interface MediaState {
  readonly pending: number;
  readonly oldestSeconds: number;
  readonly synced: number;
  readonly stuck: readonly { readonly name: string; readonly reason: string; readonly seconds: number }[];
  readonly conflicts: readonly string[];
  readonly rows?: WaitingRows;
}

/** Rows of images that have not reached the database. */
export interface WaitingRows {
  readonly waiting: number;
  /** Those that the database does not take. */
  readonly refused: number;
  /** Age of the oldest that waits; a version from before this was asked does not say it. */
  readonly oldestSeconds?: number;
}

/** The rows of a slot; undefined when it cannot be asked. */
export async function readWaitingRows(slot: WebSlot, token: string): Promise<WaitingRows | undefined> {
  const { status, text } = await slot.ask('/_slipway/media', { token });
  return status === 200 ? (JSON.parse(text) as Partial<MediaState>).rows : undefined;
}

/** Undefined for a slot that has no version to ask, as staging before the second release. */
export async function readMediaState(target: ReleaseTarget, slot: Slot): Promise<MediaState | undefined> {
  const { release: token } = await target.tokens();
  const { status, text, reason } = await new WebSlot(target.urls[slot]).ask('/_slipway/media', { token });
  if (status === 200) return JSON.parse(text) as MediaState;
  const { status: alive } = await new WebSlot(target.urls[slot]).ask('/_slipway/version');
  if (alive !== 200) return undefined;
  throw new SlipError('SLIP-MEDIA-ASK', {
    found: `the ${slot} slot answers ${status ?? reason ?? 'nothing'} when it is asked about its media`,
    expected: 'what its sidecar carries',
    fix: './slipway status shows whether the sidecar runs; a version from before this command has no such route',
  });
}

export interface SetAside {
  readonly name: string;
  /** Below `/home/media/set-aside`. */
  readonly movedTo: string;
}

/** Takes a file out of the slot's outbox, or out of its conflicts, so that no drain waits for it. Nothing is deleted. */
export async function setMediaAside(target: ReleaseTarget, slot: Slot, name: string): Promise<SetAside> {
  const { release: token } = await target.tokens();
  const path = `/_slipway/media/set-aside?${new URLSearchParams({ name })}`;
  const { status, text, reason } = await new WebSlot(target.urls[slot]).ask(path, { method: 'POST', token });
  if (status === 200) return JSON.parse(text) as SetAside;
  throw new SlipError('SLIP-MEDIA-SET-ASIDE', {
    found: `the ${slot} slot answers ${status ?? reason ?? 'nothing'} for ${name}`,
    expected: 'a file in its outbox or in conflict',
    fix: './slipway media list shows the names; --slot staging looks in the other slot',
  });
}

/** Has the slot's sidecar look again at once, at everything or at one name. Returns what it answers. */
export async function retryMedia(target: ReleaseTarget, slot: Slot, name?: string): Promise<unknown> {
  const { release: token } = await target.tokens();
  const path = `/_slipway/media/retry${name === undefined ? '' : `?${new URLSearchParams({ name })}`}`;
  const { status, text, reason } = await new WebSlot(target.urls[slot]).ask(path, { method: 'POST', token });
  if (status === 202) return JSON.parse(text);
  throw new SlipError('SLIP-MEDIA-RETRY', {
    found: `the ${slot} slot answers ${status ?? reason ?? 'nothing'}${name === undefined ? '' : ` for ${name}`}`,
    expected: 'a file that waits, is stuck or is in conflict',
    fix: './slipway media list shows them; 409 means that another file has its place in the outbox',
  });
}
