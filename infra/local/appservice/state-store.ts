import { readFile } from 'node:fs/promises';
import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { writeFileAtomically } from '../state/files.ts';
import type { SiteState } from './site-state.ts';

/**
 * The site's state, in memory and in one file. A change is a pure function of the current state. Changes are applied one
 * after the other and become visible when the file has them. The file is replaced by a rename, so it is never partial.
 */
export class StateStore {
  readonly #file: string;
  #current: SiteState;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(file: string, initial: SiteState) {
    this.#file = file;
    this.#current = initial;
  }

  get current(): SiteState {
    return this.#current;
  }

  /** Rejects with what `change` throws; the state is then unchanged. */
  update(change: (current: SiteState) => SiteState): Promise<SiteState> {
    const done = this.#queue.then(async () => {
      const next = change(this.#current);
      if (next !== this.#current) {
        await writeFileAtomically(this.#file, `${JSON.stringify(next, null, 1)}\n`);
        this.#current = next;
      }
      return next;
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

/** The state of an earlier run, or undefined when there is none. */
export async function readState(file: string): Promise<SiteState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  const state = parse(text);
  if (state === undefined) {
    throw new SlipError('SLIP-LOCAL-SITE-STATE', {
      found: `${file} is not a state of the local web app`,
      expected: 'the JSON that the region wrote, format 1',
      fix: `mv ${file} ${file}.damaged && npm start, then ./slipway release: no data is lost`,
    });
  }
  return state;
}

function parse(text: string): SiteState | undefined {
  try {
    const value = JSON.parse(text) as Partial<SiteState> | null;
    const whole = value?.format === 1 && value.slots?.production?.worker !== value.slots?.staging?.worker;
    return whole && value.seen !== undefined && value.deployments !== undefined ? (value as SiteState) : undefined;
  } catch {
    return undefined;
  }
}
