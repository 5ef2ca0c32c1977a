import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { OpenLoopPlan, OpenLoopResult } from './schedule.ts';

/** A schedule of requests in a process of its own; runs until it is stopped. */
export class OpenLoopLoad {
  readonly #child: ChildProcess;
  readonly #printed: Promise<string>;

  constructor({ url, perSecond, connections }: OpenLoopPlan) {
    const args = [join(import.meta.dirname, 'process.ts'), url, String(perSecond), String(connections)];
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#printed = this.#child.stdout === null ? Promise.resolve('') : text(this.#child.stdout);
  }

  async stop(): Promise<OpenLoopResult> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.write('\n');
    const [printed] = await Promise.all([this.#printed, ended]);
    return JSON.parse(printed) as OpenLoopResult;
  }
}
