import type { Clock } from '../lib/clock.ts';

/** A clock on which every sleep is over at once: what waits for minutes is tested in milliseconds, on any machine. */
export class InstantClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}
