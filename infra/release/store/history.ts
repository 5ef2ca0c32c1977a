import type { ContainerClient } from '@azure/storage-blob';
import type { WantedContainer, WantedMount } from '../../lib/wanted.ts';
import type { Application } from '../app/application.ts';
import type { Smoke } from '../app/manifest-schema.ts';
import { readText } from './blob-text.ts';
import type { Seal } from './seal.ts';
import { isStatus, storeFailure } from './store-failure.ts';

export type EntryKind = 'release' | 'promote' | 'rollback' | 'migrate';
/**
 * `live`: production runs it. `verified`: proven in staging and left there. `refused`: a gate said no, production kept
 * what it had. `swapped-back`: it was live and is not any more. `abandoned`: the tool died before the swap.
 * `migrated`: contract migrations were carried out. `failed`: one of them was not, those before it were.
 */
export type Outcome = 'live' | 'verified' | 'refused' | 'swapped-back' | 'abandoned' | 'migrated' | 'failed';

export interface TimedName {
  readonly name: string;
  readonly ms: number;
}

export interface GateResult extends TimedName {
  readonly passed: boolean;
  /** A SlipCode of the version that wrote it. */
  readonly code?: string;
}

export interface RequestCount {
  readonly sent: number;
  readonly lost: number;
}

/** Everything a version needs to be put up again, as it was. Secrets are references in it, never values. */
export interface Configuration {
  readonly settings: Readonly<Record<string, string>>;
  readonly siteContainers: readonly WantedContainer[];
  /** This and the next two are undefined in lines that an older slipway wrote: a slot keeps what it has of them. */
  readonly stack?: string | undefined;
  readonly startupCommand?: string | undefined;
  /** Without keys. */
  readonly mounts?: Readonly<Record<string, WantedMount>> | undefined;
}

/** One line of history. */
export interface HistoryEntry extends Configuration {
  readonly id: string;
  readonly kind: EntryKind;
  readonly outcome: Outcome;
  readonly version: string;
  /** What production ran before; absent for the first release. */
  readonly from?: string | undefined;
  /** The entry that had put that live; absent when history did not know it. */
  readonly replaced?: string | undefined;
  /** Of a rollback: the entry whose package and configuration it brought back. */
  readonly restored?: string | undefined;
  /** Of the package; its blob has this name. */
  readonly sha256: string;
  readonly bytes: number;
  readonly schemaMin: string;
  readonly schemaMax: string;
  readonly who: string;
  readonly command: string;
  /** Commit of the source, and whether it had uncommitted changes. */
  readonly source?: { readonly commit: string; readonly dirty: boolean } | undefined;
  readonly startedAt: string;
  readonly ms: number;
  readonly steps: readonly TimedName[];
  readonly gates: readonly GateResult[];
  /** From an own probe on production, over the whole of the release. */
  readonly requests: RequestCount;
  /** What `slipway.yaml` of the package says that the version answers. */
  readonly smoke: readonly Smoke[];
  /** What the application answers itself, by capability. Undefined in lines that an older slipway wrote. */
  readonly provides: Application['provides'];
  /** What stood in for capabilities that the application does not have. Absent in lines that an older slipway wrote. */
  readonly fallbacks?: readonly string[] | undefined;
  /** Code (a SlipCode of the version that wrote it) and text of what stopped it. */
  readonly error?: { readonly code: string; readonly found: string };
}

/**
 * The history of one stack: an append blob with one JSON object per line, oldest first. With a seal only the lines that
 * bear it count; without one, for commands that only look, all do.
 */
export class History {
  readonly #container: ContainerClient;
  readonly #name: string;
  readonly #seal: Seal | undefined;
  /** Lines of the last reading that nobody with the stack's key wrote. */
  foreignLines = 0;

  constructor(container: ContainerClient, stack: string, seal: Seal | undefined) {
    this.#container = container;
    this.#name = `${stack}/history.jsonl`;
    this.#seal = seal;
  }

  async read(): Promise<HistoryEntry[]> {
    try {
      const { text } = await readText(this.#container.getBlobClient(this.#name));
      const lines = text.split('\n').filter((line) => line !== '');
      const entries = lines.map((line) => this.#parse(line)).filter((entry) => entry !== undefined);
      this.foreignLines = lines.length - entries.length;
      return latestOfEach(entries);
    } catch (error) {
      if (isStatus(error, 404)) return [];
      throw storeFailure(error);
    }
  }

  async append(entry: HistoryEntry): Promise<void> {
    const blob = this.#container.getAppendBlobClient(this.#name);
    const line = `${JSON.stringify({ ...entry, mac: this.#seal?.of('history', entry) })}\n`;
    try {
      await blob.appendBlock(line, Buffer.byteLength(line)).catch(async (error: unknown) => {
        if (!isStatus(error, 404)) throw error;
        await blob.create({
          conditions: { ifNoneMatch: '*' },
          blobHTTPHeaders: { blobContentType: 'application/jsonl' },
        });
        await blob.appendBlock(line, Buffer.byteLength(line));
      });
    } catch (error) {
      throw storeFailure(error);
    }
  }

  #parse(line: string): HistoryEntry | undefined {
    try {
      const { mac, ...entry } = JSON.parse(line) as HistoryEntry & { readonly mac?: unknown };
      return this.#seal === undefined || this.#seal.isGenuine('history', entry, mac) ? entry : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A command that was killed while it recorded may have its line twice: the later one, of whoever healed it, counts. */
function latestOfEach(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const byId = new Map<string, HistoryEntry>();
  for (const entry of entries) byId.set(entry.id, entry);
  return [...byId.values()];
}

/** The newest entry that put a version live. */
export function lastLive(history: readonly HistoryEntry[]): HistoryEntry | undefined {
  return history.findLast((entry) => entry.outcome === 'live');
}
