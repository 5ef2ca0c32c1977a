/** What the sidecar has done since it started; `/status` and `/metrics` show it. */
export interface Counts {
  uploaded: number;
  uploadedBytes: number;
  alreadyThere: number;
  conflicts: number;
  /** Blobs replaced because their files had changed. */
  replaced: number;
  failures: number;
  askedMissing: number;
  removedFromSynced: number;
}

const WINDOW_S = 60;

export class Counters {
  readonly counts: Counts = {
    uploaded: 0,
    uploadedBytes: 0,
    alreadyThere: 0,
    conflicts: 0,
    replaced: 0,
    failures: 0,
    askedMissing: 0,
    removedFromSynced: 0,
  };
  readonly #nowMs: () => number;
  readonly #files = new Float64Array(WINDOW_S);
  readonly #bytes = new Float64Array(WINDOW_S);
  #second = 0;
  /** Files in `synced`: as many as the last sweep of retention found, and those that came since. */
  synced = 0;
  lastSuccessMs = 0;
  lastFailure = '';

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  durable(bytes: number, uploaded: boolean): void {
    this.#advance();
    this.lastSuccessMs = this.#nowMs();
    this.synced += 1;
    if (!uploaded) {
      this.counts.alreadyThere += 1;
      return;
    }
    this.counts.uploaded += 1;
    this.counts.uploadedBytes += bytes;
    const slot = this.#second % WINDOW_S;
    this.#files[slot] = (this.#files[slot] ?? 0) + 1;
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes;
  }

  failed(reason: string): void {
    this.counts.failures += 1;
    this.lastFailure = reason;
  }

  /** Means over the last minute. */
  rates(): { filesPerSecond: number; bytesPerSecond: number } {
    this.#advance();
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    return {
      filesPerSecond: round(sum(this.#files) / WINDOW_S),
      bytesPerSecond: round(sum(this.#bytes) / WINDOW_S),
    };
  }

  #advance(): void {
    const second = Math.floor(this.#nowMs() / 1_000);
    for (let at = Math.max(this.#second + 1, second - WINDOW_S + 1); at <= second; at += 1) {
      this.#files[at % WINDOW_S] = 0;
      this.#bytes[at % WINDOW_S] = 0;
    }
    this.#second = second;
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
