import { randomUUID } from 'node:crypto';
import type { SlipCode } from '../../lib/codes.ts';
import { messageOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import type { Application } from '../app/application.ts';
import type { Smoke } from '../app/manifest-schema.ts';
import type { Configuration, EntryKind, HistoryEntry, Outcome } from '../store/history.ts';
import type { Phase } from '../store/lock.ts';
import { differingSettings } from '../store/slot-configuration.ts';
import { markRelease } from './mark-release.ts';
import type { Session } from './session.ts';

/** The version an attempt wants live, with everything needed to put it up again. */
export interface Candidate extends Configuration {
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly schemaMin: string;
  readonly schemaMax: string;
  readonly source?: { readonly commit: string; readonly dirty: boolean } | undefined;
  /** Requests that the version has to answer as they say; undefined for one from before there were any. */
  readonly smoke: readonly Smoke[];
  readonly provides: Application['provides'];
  readonly fallbacks?: readonly string[] | undefined;
  /** Id of the entry that is brought back. */
  readonly restored?: string | undefined;
}

/** One try to change what production runs: it says in the lock how far it is, and ends as one line of history. */
export class Attempt {
  readonly id = randomUUID();
  readonly kind: EntryKind;
  readonly candidate: Candidate;
  readonly #session: Session;
  #phase: Phase | undefined;
  #withdrew = false;
  #swappedAt: Date | undefined;

  constructor(session: Session, kind: EntryKind, candidate: Candidate) {
    this.#session = session;
    this.kind = kind;
    this.candidate = candidate;
  }

  /** Recorded before the phase begins, so that whoever comes after a crash knows what may have happened. */
  async enter(phase: Phase, lastSwap?: string): Promise<void> {
    this.#phase = phase;
    if (phase === 'swapped') this.#swappedAt = new Date();
    await this.#session.lock.write({ phase, entry: this.entry('abandoned'), lastSwap });
  }

  /** From the moment a swap is asked for until it is known how it ended, and while history does not say so. */
  get mayHaveSwapped(): boolean {
    return this.#phase === 'swap' || this.#phase === 'swapped' || this.#phase === 'swap back';
  }

  /** The swap is known not to have been done: production has what it had. */
  notSwapped(): void {
    if (this.#phase === 'swap') this.#phase = undefined;
  }

  /** Production is told to end its workers. */
  withdraws(): void {
    this.#withdrew = true;
  }

  /** Whether production has to be declared live again when there is no swap. */
  get hasWithdrawn(): boolean {
    return this.#withdrew;
  }

  /** Writes the line of history; from then on there is nothing to heal. */
  async record(outcome: Outcome, error?: unknown): Promise<HistoryEntry> {
    this.#session.lock.assertHeld();
    const entry = this.entry(outcome, error);
    await this.#session.history.append(entry);
    await this.#session.lock.write(undefined);
    const before = this.#session.before?.entry?.settings ?? entry.settings;
    const changed = differingSettings(entry.settings, before);
    await markRelease(this.#session, entry, { at: this.#swappedAt ?? new Date(), changed });
    return entry;
  }

  entry(outcome: Outcome, error?: unknown): HistoryEntry {
    const { before, owner, startedAt, steps, probe } = this.#session;
    const {
      version,
      sha256,
      bytes,
      schemaMin,
      schemaMax,
      settings,
      siteContainers,
      stack,
      startupCommand,
      mounts,
      source,
      restored,
      smoke,
      provides,
      fallbacks,
    } = this.candidate;
    return {
      id: this.id,
      kind: this.kind,
      outcome,
      version,
      ...(before === undefined ? {} : { from: before.version }),
      ...(before?.entry === undefined ? {} : { replaced: before.entry.id }),
      ...(restored === undefined ? {} : { restored }),
      sha256,
      bytes,
      schemaMin,
      schemaMax,
      who: owner.who,
      command: owner.command,
      ...(source === undefined ? {} : { source }),
      startedAt: startedAt.toISOString(),
      ms: Date.now() - startedAt.getTime(),
      steps: [...steps.timings],
      gates: [...steps.gates],
      requests: probe?.count ?? { sent: 0, lost: 0 },
      settings,
      siteContainers,
      ...(stack === undefined ? {} : { stack }),
      ...(startupCommand === undefined ? {} : { startupCommand }),
      ...(mounts === undefined ? {} : { mounts }),
      smoke,
      provides,
      ...(fallbacks === undefined ? {} : { fallbacks }),
      ...(error === undefined ? {} : { error: describeFailure(error) }),
    };
  }
}

export function describeFailure(error: unknown): { readonly code: SlipCode; readonly found: string } {
  if (error instanceof SlipError) return { code: error.code, found: error.detail.found };
  return { code: 'SLIP-CLI-UNEXPECTED', found: messageOf(error) };
}
