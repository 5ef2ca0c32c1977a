import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';

/** Half of what V8 takes by default: the console's live objects are a few megabytes. */
const CONSOLE_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'];
const END_WITHIN_MS = 2_000;

export interface ConsoleListenerOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly program: string;
  readonly stateDir: string;
  readonly logFile: string;
}

/**
 * What the console's process says: that it has taken a connection, or that it serves nobody and asks to end. `received`
 * counts the connections of its life.
 */
export interface ConsoleMessage {
  readonly kind: 'taken' | 'idle';
  readonly received: number;
}

interface Console {
  readonly process: ChildProcess;
  sent: number;
  /** The region's end of the connections that the process has not taken yet, the oldest first. */
  readonly waiting: Socket[];
}

/**
 * The console's port. The process that serves it is started by the first connection, gets every connection handed over,
 * and ends when nobody has looked for a while: a region that nobody looks at pays nothing for its console, and one whose
 * console crashes goes on.
 */
export class ConsoleListener {
  readonly #options: ConsoleListenerOptions;
  readonly #server: Server;
  #console: Promise<Console> | undefined;
  #pid: number | undefined;
  #closed = false;

  constructor(options: ConsoleListenerOptions) {
    this.#options = options;
    this.#server = createServer({ pauseOnConnect: true }, (socket) => void this.#handOver(socket));
  }

  /** Of the process that serves now. */
  get pid(): number | undefined {
    return this.#pid;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#options.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#server.close();
    const console = await this.#console?.catch(() => undefined);
    if (console === undefined || hasEnded(console.process)) return;
    const ended = once(console.process, 'exit');
    console.process.kill('SIGTERM');
    const timer = setTimeout(() => console.process.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  async #handOver(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      if (this.#closed) throw new Error('the region is ending');
      this.#console ??= this.#start();
      const console = await this.#console;
      console.sent += 1;
      console.waiting.push(socket);
      // Kept open here until it is taken: otherwise Node would leave it open for ever when the process ends before.
      console.process.send('connection', socket, { keepOpen: true }, (error) => {
        if (error !== null) socket.destroy();
      });
    } catch (error) {
      globalThis.console.error(error);
      socket.destroy();
    }
  }

  async #start(): Promise<Console> {
    const { program, stateDir, port, logFile } = this.#options;
    const log = await open(logFile, 'a', 0o600);
    try {
      const child = fork(program, [stateDir, String(port)], {
        cwd: stateDir,
        execArgv: CONSOLE_FLAGS,
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
      });
      const console: Console = { process: child, sent: 0, waiting: [] };
      this.#pid = child.pid;
      const forget = (): void => {
        this.#console = undefined;
        this.#pid = undefined;
      };
      child.once('exit', forget);
      child.once('error', forget);
      child.once('exit', () => {
        for (const socket of console.waiting) socket.destroy();
      });
      child.on('message', ({ kind, received }: ConsoleMessage) => {
        const taken = received - (console.sent - console.waiting.length);
        for (const socket of console.waiting.splice(0, Math.max(0, taken))) socket.destroy();
        // A connection may be on its way to it: then it is not idle.
        if (kind !== 'idle' || received !== console.sent) return;
        forget();
        child.off('exit', forget);
        child.kill('SIGTERM');
      });
      return console;
    } finally {
      await log.close();
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
