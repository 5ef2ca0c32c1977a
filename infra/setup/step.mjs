import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainFailure } from './failure.mjs';

const KEPT_OUTPUT = 64 * 1024;
/** npm goes on to its end after a polite signal. What it leaves is marked as unfinished, so that it may be killed. */
const KILL_AFTER_MS = 1000;

/**
 * @typedef {object} Step
 * @property {'apt' | 'npm' | 'Composer'} part
 * @property {string} label what the command is called in messages
 * @property {string[]} command program and arguments
 * @property {string} cwd
 * @property {string} log file that gets everything the command writes
 * @property {(line: string) => void} [onLine]
 * @property {NodeJS.ProcessEnv} [env] added to ours
 */

/** Runs installers, one log per part, and ends them all when asked to. */
export class Installer {
  /** @type {Map<import('node:child_process').ChildProcess, Step['part']>} */
  #running = new Map();
  /** @type {Set<string>} */
  #begun = new Set();
  #interrupted = false;

  /**
   * Rejects with a SetupError when the command fails, and with an Interrupted when we were asked to stop.
   *
   * @param {Step} step
   * @returns {Promise<void>}
   */
  async run({ part, label, command, cwd, log, onLine = () => {}, env = {} }) {
    if (this.#interrupted) throw new Interrupted();
    const [program = '', ...args] = command;
    this.#openLog(log, command.join(' '));
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.set(child, part);
    let output = '';
    let rest = '';
    /** @param {string} text */
    const take = (text) => {
      appendFileSync(log, text);
      output = (output + text).slice(-KEPT_OUTPUT);
      const lines = (rest + text).split(/[\r\n]+/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const exitCode = await new Promise((resolve) => {
      child.on('error', (error) => {
        take(`${error.message}\n`);
        resolve(127);
      });
      child.on('close', resolve);
    });
    this.#running.delete(child);
    if (this.#interrupted) throw new Interrupted();
    if (exitCode !== 0) throw explainFailure({ part, command: label, exitCode, output, log });
  }

  /** Ends what runs. On a terminal Ctrl-C has reached the children already; a second signal does no harm. */
  interrupt() {
    this.#interrupted = true;
    for (const [child, part] of this.#running) {
      child.kill('SIGTERM');
      // apt is left to end the package it is at, and to put things in order.
      if (part !== 'apt') setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
    }
  }

  /** @param {string} log @param {string} command */
  #openLog(log, command) {
    mkdirSync(dirname(log), { recursive: true });
    const heading = `$ ${command}\n`;
    if (this.#begun.has(log)) appendFileSync(log, heading);
    else writeFileSync(log, heading);
    this.#begun.add(log);
  }
}

/** Someone asked us to stop. */
export class Interrupted extends Error {}
