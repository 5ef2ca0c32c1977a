import { spawn } from 'node:child_process';
import { isErrno } from './error-message.ts';

/** More output than this is dropped from its beginning: the reason of a failure is in the last lines. */
const KEPT_OUTPUT_BYTES = 64 * 1024;

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What the program reads from stdin; nothing when it is left out. */
  readonly input?: string;
  /** How much of each output is kept, its end; in bytes. Default: 64 KB. */
  readonly keptBytes?: number;
  /** Called with each line the program writes to stderr. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramResult {
  /** Exit code; undefined when a signal ended it or it could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The program is not on PATH. */
  readonly missing: boolean;
}

/** Runs a program without a shell. Never rejects: what went wrong is in the result. At the limit its whole group is killed. */
export function runProgram(run: ProgramRun): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(run.program, run.args, {
      cwd: run.cwd,
      env: run.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    // A program that ends before it has read everything says why itself.
    child.stdin.on('error', () => undefined).end(run.input ?? '');
    const keptBytes = run.keptBytes ?? KEPT_OUTPUT_BYTES;
    const stdout = new Tail(keptBytes, undefined);
    const stderr = new Tail(keptBytes, run.onLine);
    let timedOut = false;
    const killGroup = (): void => {
      if (child.pid !== undefined) killQuietly(child.pid);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup();
    }, run.timeoutMs);
    process.once('exit', killGroup);
    const end = (code: number | undefined, missing: boolean): void => {
      clearTimeout(timer);
      process.removeListener('exit', killGroup);
      resolve({ code, stdout: stdout.text(), stderr: stderr.text(), timedOut, missing });
    };
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    child.on('error', (error) => end(undefined, isErrno(error, 'ENOENT')));
    child.on('close', (code) => end(code ?? undefined, false));
  });
}

/** What a child may know of our environment: how to find programs and the network, never our settings or tokens. */
export function cleanEnvironment(
  environment: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  const passed = [
    'PATH',
    'HOME',
    'TMPDIR',
    'LANG',
    'XDG_CACHE_HOME',
    'XDG_CONFIG_HOME',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
  ];
  const result: Record<string, string> = {};
  for (const name of passed) {
    const value = environment[name];
    if (value !== undefined) result[name] = value;
  }
  return { ...result, ...extra };
}

/** Collects output; keeps the last part when there is too much. */
class Tail {
  readonly #keptBytes: number;
  readonly #onLine: ((line: string) => void) | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #line = '';

  constructor(keptBytes: number, onLine: ((line: string) => void) | undefined) {
    this.#keptBytes = keptBytes;
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes - (this.#chunks[0]?.length ?? 0) > this.#keptBytes) {
      this.#bytes -= this.#chunks.shift()?.length ?? 0;
    }
    if (this.#onLine === undefined) return;
    const lines = (this.#line + chunk.toString('utf8')).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.trim());
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
