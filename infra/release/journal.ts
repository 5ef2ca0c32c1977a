import { randomUUID } from 'node:crypto';
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { messageOf } from '../lib/error-message.ts';
import { SlipError, type SlipErrorDetail } from '../lib/errors.ts';
import { textOf } from '../lib/json.ts';
import type { Listener, ReleaseEvent } from './phases/steps.ts';
import { currentOwner } from './store/owner.ts';

/** The journal is kept in two files of about this size: the current one and the one before. A release writes about 10 KB. */
const FILE_MAX_BYTES = 512 * 1024;

/** One line of the journal: what a command that changes slots reports while it runs, and how it ends. */
export type JournalLine = { readonly run: string; readonly time: string } & (
  | { readonly event: 'begin'; readonly command: string; readonly who: string; readonly pid: number }
  | ReleaseEvent
  | { readonly event: 'end'; readonly outcome: string; readonly version: string }
  | { readonly event: 'end'; readonly error: { readonly code: string } & Omit<SlipErrorDetail, 'cause'> }
);

/**
 * Writes down what a command against the local region reports, so that the console shows it alike, whoever started it.
 * A journal that cannot be written stops no release.
 */
export class ReleaseJournal {
  readonly #file: string;
  readonly #run = randomUUID();

  constructor(file: string, command: string) {
    this.#file = file;
    const { who } = currentOwner(command, process.env, new Date());
    this.#rotate();
    this.#write({ event: 'begin', command, who, pid: process.pid });
  }

  /** Writes each event, then hands it on. */
  tee(listener: Listener): Listener {
    return (event) => {
      this.#write(event);
      listener(event);
    };
  }

  /** `result`: the entry of history, where there is one. */
  end(result: unknown): void {
    this.#write({ event: 'end', outcome: textOf(result, 'outcome') || 'done', version: textOf(result, 'version') });
  }

  fail(error: unknown): void {
    if (!(error instanceof SlipError)) {
      this.#write({ event: 'end', error: { code: 'SLIP-CLI-UNEXPECTED', found: messageOf(error) } });
      return;
    }
    const { found, expected, fix } = error.detail;
    const detail = { ...(expected === undefined ? {} : { expected }), ...(fix === undefined ? {} : { fix }) };
    this.#write({ event: 'end', error: { code: error.code, found, ...detail } });
  }

  #write(line: object): void {
    const text = `${JSON.stringify({ run: this.#run, time: new Date().toISOString(), ...line })}\n`;
    try {
      appendFileSync(this.#file, text, { mode: 0o600 });
    } catch {
      // The release goes on; history has its result.
    }
  }

  #rotate(): void {
    try {
      if (statSync(this.#file).size > FILE_MAX_BYTES) renameSync(this.#file, `${this.#file}.1`);
    } catch {
      // There is none yet.
    }
  }
}
