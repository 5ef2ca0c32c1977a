import type { ChildProcess } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../lib/connection.ts';
import { type RunningVersion, versionOf, WebSlot } from '../release/appservice/web-slot.ts';
import { History, type HistoryEntry } from '../release/store/history.ts';
import { sealForLooking } from '../release/store/seal.ts';
import { openTarget } from '../release/target/open-target.ts';
import type { ReleaseTarget } from '../release/target/target.ts';
import { eventually } from './eventually.ts';
import { type Edit, type OpenPackage, packageVariant, unpackPackage } from './package-variant.ts';
import { type CommandResult, TestRegion } from './region.ts';

const UNTIL_STEP_MS = 300_000;
/** A slot answers slowly on a busy machine, which these tests must not depend on. */
const p95 = ['--p95', '10000'];
const flags: Readonly<Record<string, readonly string[]>> = {
  release: [...p95, '--watch', '0', '--dirty'],
  promote: [...p95, '--watch', '0'],
  rollback: p95,
};

/** A release without the command line, for targets that no command line can name. */
export const unwatched = {
  to: 'live',
  p95BudgetMs: 10_000,
  watch: undefined,
  command: 'test',
  listener: () => undefined,
} as const;

/** A region with a first release live, and the steps that release tests share. */
export class ReleaseBed {
  readonly region: TestRegion;
  readonly connection: Connection;
  /** The version that `npm start` put live. */
  readonly first: string;
  readonly #base: OpenPackage;
  #variants = 0;

  private constructor(region: TestRegion, connection: Connection, first: string, base: OpenPackage) {
    this.region = region;
    this.connection = connection;
    this.first = first;
    this.#base = base;
  }

  static async create(): Promise<ReleaseBed> {
    const region = await TestRegion.create();
    await region.start();
    const connection = await region.connection();
    const live = await new WebSlot(connection.production).version();
    const directory = join(region.stateDir, 'packages');
    const base = (await readdir(directory)).find((name) => name === `${live?.version}.zip`);
    if (live === undefined || base === undefined) throw new Error(`no first release: ${await region.logTail()}`);
    return new ReleaseBed(
      region,
      connection,
      live.version,
      await unpackPackage(join(directory, base), join(region.stateDir, 'open-package')),
    );
  }

  async live(): Promise<RunningVersion> {
    const seen = await new WebSlot(this.connection.production).ask('/_slipway/version');
    const running = versionOf(seen);
    if (running === undefined) throw new Error(`production does not answer: ${seen.status ?? seen.reason}`);
    return running;
  }

  async liveVersion(): Promise<string> {
    return (await this.live()).version;
  }

  /** A package with a version of its own; the edits make it what the test needs. */
  async variant(edits: Readonly<Record<string, Edit>> = {}): Promise<{ version: string; file: string }> {
    this.#variants += 1;
    const version = `variant-${this.#variants}`;
    const marked: Record<string, Edit> = {
      'src/Controller/Home.php': (php) => `${php}\n// ${version}\n`,
      'public/index.php': (php) => php.replace('use App', `${answersDown(this.downFlag(version))}\nuse App`),
      ...edits,
    };
    const file = await packageVariant(this.#base, join(this.region.stateDir, 'packages'), version, marked);
    return { version, file };
  }

  /** A file: while it is there, a variant answers nothing but 503. */
  downFlag(version: string): string {
    return join(this.region.stateDir, `down-${version}`);
  }

  /** What staging runs, once it answers: it restarts at the end of a swap. */
  async stagedVersion(): Promise<string> {
    let version = '';
    await eventually('staging answers', async () => {
      version = (await new WebSlot(this.connection.staging).version())?.version ?? '';
      return version !== '';
    });
    return version;
  }

  /** Writes an incomplete image, which cannot be uploaded, to production's outbox. Resolves with its path. */
  async tornImage(): Promise<string> {
    const { outbox } = (await this.region.connection()).slots.production;
    const path = join(outbox, 'torn.png');
    await writeFile(path, Buffer.from('89504e470d0a1a0a', 'hex'));
    return path;
  }

  /** The package of what is live. */
  async livePackage(): Promise<{ version: string; file: string }> {
    const version = await this.liveVersion();
    return { version, file: join(this.region.stateDir, 'packages', `${version}.zip`) };
  }

  async run(
    command: string,
    ...args: string[]
  ): Promise<CommandResult & { readonly events: Record<string, unknown>[] }> {
    const result = await this.region.command(command, ...(flags[command] ?? []), ...args, '--json');
    const lines = result.stdout.split('\n').filter((line) => line.startsWith('{'));
    return { ...result, events: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  }

  /** Runs a command that has to succeed. */
  async done(command: string, ...args: string[]): Promise<HistoryEntry> {
    const { code, stdout, stderr, events } = await this.run(command, ...args);
    if (code !== 0) throw new Error(`slipway ${command} ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return events.at(-1) as unknown as HistoryEntry;
  }

  /** Runs a command that has to be refused; returns its code. */
  async refusal(command: string, ...args: string[]): Promise<string> {
    const { code, stdout, events } = await this.run(command, ...args);
    if (code !== 1) throw new Error(`slipway ${command} ${args.join(' ')} ended with ${code}:\n${stdout}`);
    const last = events.at(-1) as { error?: { code: string } } | undefined;
    return last?.error?.code ?? 'no error was printed';
  }

  /** As the command shows it, the newest first. */
  async history(): Promise<HistoryEntry[]> {
    const target = await this.target();
    const history = new History(target.releases, target.stack, await sealForLooking(target));
    return (await history.read()).reverse();
  }

  /** `startSeconds`: how long a slot may take to start. */
  target(startSeconds?: number): Promise<ReleaseTarget> {
    const startMs = startSeconds === undefined ? undefined : startSeconds * 1000;
    return openTarget({ stateDir: this.region.stateDir, startMs });
  }

  /** The environment of the container that serves production. */
  async productionEnvironment(): Promise<string[]> {
    const worker = (await this.region.status()).slots.production.instances[0]?.id ?? '';
    const record = join(this.region.stateDir, 'processes', `worker-${worker}.json`);
    const { pid } = JSON.parse(await readFile(record, 'utf8')) as { pid: number };
    return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  }
}

function answersDown(flag: string): string {
  return `if (is_file('${flag}')) { http_response_code(503); exit; }`;
}

/** Resolves when the command reports the start of the step. */
export function reaches(child: ChildProcess, step: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`"${step}" was not reached in time`)), UNTIL_STEP_MS);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (!text.includes(`"event":"step","step":"${step}","state":"started"`)) return;
      clearTimeout(deadline);
      resolve();
    });
    child.once('close', () => reject(new Error(`the release ended before "${step}":\n${text}`)));
  });
}
