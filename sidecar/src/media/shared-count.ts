/**
 * Shares the result of a costly count between concurrent callers. Every caller gets a count that began after its call,
 * except that the last result is reused for `reuseMs(spent)` where that is more than 0.
 */
export class SharedCount<T> {
  readonly #count: () => Promise<T>;
  readonly #nowMs: () => number;
  readonly #reuseMs: (result: T, spentMs: number) => number;
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;
  #generation = 0;
  #last: { readonly result: T; readonly goodUntilMs: number } | undefined;

  constructor(count: () => Promise<T>, nowMs: () => number, reuseMs: (result: T, spentMs: number) => number) {
    this.#count = count;
    this.#nowMs = nowMs;
    this.#reuseMs = reuseMs;
  }

  /** The count. It throws what the count throws. */
  get(): Promise<T> {
    if (this.#last !== undefined && this.#nowMs() < this.#last.goodUntilMs) return Promise.resolve(this.#last.result);
    if (this.#running === undefined) return this.#start();
    // A running count may have passed by what has changed since, so a later caller waits for another one.
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  /** Drops the last result, because it is known to be outdated. */
  forget(): void {
    this.#generation += 1;
    this.#last = undefined;
  }

  #start(): Promise<T> {
    const begun = this.#nowMs();
    const generation = this.#generation;
    this.#next = undefined;
    const running = this.#count().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    running.then(
      (result) => {
        const now = this.#nowMs();
        if (generation === this.#generation)
          this.#last = { result, goodUntilMs: now + this.#reuseMs(result, now - begun) };
      },
      () => undefined,
    );
    return running;
  }
}
