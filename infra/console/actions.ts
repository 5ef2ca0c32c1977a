import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isObject } from '../lib/json.ts';
import { FAULT_TARGETS } from '../local/faults.ts';
import { switchRegionFault } from '../local/region-client.ts';
import { LOAD_LIMITS, type Load } from './load.ts';

const CLI = join(import.meta.dirname, '../cli/main.ts');
const OUTPUT_KEPT_BYTES = 4_096;
const PATH = /^\/[\w./~-]{0,200}$/;

/** What an action answers: the status and the JSON body. */
export interface ActionAnswer {
  readonly status: number;
  readonly body: object;
}

export interface ActionParts {
  readonly stateDir: string;
  readonly load: Load;
  /** After an action that changed the region. */
  readonly onChanged: () => Promise<void>;
}

const ok = (body: object = {}): ActionAnswer => ({ status: 202, body });
const refused = (message: string): ActionAnswer => ({ status: 422, body: { message } });

/** The actions of the page. Those that change slots run the command that a person would run. */
export class Actions {
  readonly #parts: ActionParts;
  #command: string | undefined;

  constructor(parts: ActionParts) {
    this.#parts = parts;
  }

  /** Undefined for an action that there is none of. */
  async run(name: string, body: unknown): Promise<ActionAnswer | undefined> {
    const given = isObject(body) ? body : {};
    switch (name) {
      case 'release':
        return this.#release(given);
      case 'promote':
        return this.#start('promote');
      case 'swap-back':
        return this.#start('rollback');
      case 'load':
        return this.#load(given);
      case 'fault':
        return this.#fault(given);
      default:
        return undefined;
    }
  }

  #release({ to = 'live', dirty = false }: Record<string, unknown>): Promise<ActionAnswer> | ActionAnswer {
    if (to !== 'live' && to !== 'verify') return refused('`to` is "live" or "verify"');
    if (typeof dirty !== 'boolean') return refused('`dirty` is true or false');
    return this.#start('release', '--to', to, ...(dirty ? ['--dirty'] : []));
  }

  /** Answers once the command runs; its journal tells the rest, to this page and to all others. */
  async #start(command: string, ...options: string[]): Promise<ActionAnswer> {
    if (this.#command !== undefined) {
      return { status: 409, body: { message: `${this.#command} is running already: wait for its end` } };
    }
    this.#command = command;
    // In a group of its own: a console that ends leaves a release alone.
    const args = ['--disable-warning=ExperimentalWarning', CLI, command, ...options, '--json'];
    const child = spawn(process.execPath, [...args, '--state', this.#parts.stateDir], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT_BYTES);
    });
    child.once('close', () => {
      this.#command = undefined;
      void this.#parts.onChanged();
    });
    return new Promise((resolve) => {
      child.once('spawn', () => resolve(ok({ command: ['./slipway', command, ...options].join(' ') })));
      child.once('error', (error) => {
        this.#command = undefined;
        resolve({ status: 500, body: { message: `${command} could not be started: ${error.message} ${output}` } });
      });
    });
  }

  get busy(): boolean {
    return this.#command !== undefined || this.#parts.load.running;
  }

  #load({ rate, seconds, path = '/' }: Record<string, unknown>): ActionAnswer {
    if (rate === 0) {
      this.#parts.load.stop();
      return ok();
    }
    if (!isUpTo(rate, LOAD_LIMITS.rate))
      return refused(`\`rate\` is a number of requests from 1 to ${LOAD_LIMITS.rate}`);
    if (!isUpTo(seconds, LOAD_LIMITS.seconds))
      return refused(`\`seconds\` is a number from 1 to ${LOAD_LIMITS.seconds}`);
    if (typeof path !== 'string' || !PATH.test(path) || path.startsWith('//'))
      return refused('`path` is a path such as /api/ping');
    this.#parts.load.start({ rate, seconds, path });
    return ok({ rate, seconds, path });
  }

  async #fault({ target, on }: Record<string, unknown>): Promise<ActionAnswer> {
    const known = FAULT_TARGETS.find((name) => name === target);
    if (known === undefined) return refused(`\`target\` is one of ${FAULT_TARGETS.join(', ')}`);
    if (typeof on !== 'boolean') return refused('`on` is true or false');
    await switchRegionFault(this.#parts.stateDir, known, on);
    await this.#parts.onChanged();
    return ok({ target: known, on });
  }
}

function isUpTo(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 1 && value <= most;
}
