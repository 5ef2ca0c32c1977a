import { execFile } from 'node:child_process';
import { chmod, copyFile, glob, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { listOf, textOf } from '../lib/json.ts';

const root = join(import.meta.dirname, '../..');
/** A busy machine is slow; the rest of the command stays as it is written. */
const WIDER = ['--p95', '10000', '--watch', '0'];

/** Where the template has its command. */
const COMMAND = /\$\{\{ parameters\.command \}\}/;

/** One command of a job, as a shell runs it. */
type Step = { readonly script: string } | { readonly upload: string; readonly artifact: string };

/** Jobs of the pipelines with the local region in place of the stack, and stand-ins for what signs in and provisions. */
export class PipelineJobs {
  readonly #checkout: string;
  readonly #stateDir: string;
  readonly #artifacts: string;

  constructor(checkout: string, stateDir: string) {
    this.#checkout = checkout;
    this.#stateDir = stateDir;
    this.#artifacts = join(checkout, 'approved');
  }

  /** The release commands of a job of `.github/workflows/<workflow>.yml`, in order. */
  async github(workflow: string, job: string, variables: Readonly<Record<string, string>> = {}): Promise<JobResult> {
    const { jobs } = parse(await readFile(join(root, `.github/workflows/${workflow}.yml`), 'utf8'));
    const steps = listOf(jobs, job, 'steps').flatMap((step): Step[] => {
      if (textOf(step, 'uses').startsWith('actions/upload-artifact@'))
        return [{ upload: textOf(step, 'with', 'path'), artifact: textOf(step, 'with', 'name') }];
      return [{ script: textOf(step, 'run') }];
    });
    return this.#run(steps, variables);
  }

  /** The release commands of a job of `azure-pipelines.yml`, each in the script of its template. */
  async azureDevops(stage: string, job: string): Promise<JobResult> {
    const pipeline = parse(await readFile(join(root, 'azure-pipelines.yml'), 'utf8'));
    const template = parse(await readFile(join(root, '.azure-pipelines/signed-in.yml'), 'utf8'));
    const wrapper = textOf(listOf(template, 'steps')[0], 'inputs', 'inlineScript');
    const found = listOf(
      listOf(pipeline, 'stages').find((each) => textOf(each, 'stage') === stage),
      'jobs',
    ).find((each) => textOf(each, 'deployment') === job);
    const steps = listOf(found, 'strategy', 'runOnce', 'deploy', 'steps').flatMap((step): Step[] => {
      if (textOf(step, 'publish') !== '')
        return [{ upload: `${textOf(step, 'publish')}/*.zip`, artifact: textOf(step, 'artifact') }];
      const command = textOf(step, 'parameters', 'command');
      return [{ script: command === '' ? '' : wrapper.replace(COMMAND, () => command) }];
    });
    return this.#run(steps, {});
  }

  async #run(steps: readonly Step[], variables: Readonly<Record<string, string>>): Promise<JobResult> {
    const started = Date.now();
    const bin = await this.#standIns();
    let said = '';
    for (const step of steps) {
      if ('upload' in step) {
        await this.#upload(step, started);
        continue;
      }
      if (!/\.\/slipway (release|rollback) /.test(step.script)) continue;
      const { code, output } = await this.#shell(bin, this.#local(step.script), variables);
      said += output;
      if (code !== 0) return { code, said };
    }
    return { code: 0, said };
  }

  /** The stack is the local region, whose directory is `.local`. */
  #local(script: string): string {
    return script
      .replace(
        /--stack (\w+|"\$STACK")/g,
        `--state '${this.#stateDir}' ${/slipway release/.test(script) ? WIDER.join(' ') : '--p95 10000'}`,
      )
      .replaceAll('"$(Pipeline.Workspace)"', `'${this.#artifacts}'`);
  }

  /** What this job made, where the next one downloads it to. */
  async #upload({ upload, artifact }: { upload: string; artifact: string }, sinceMs: number): Promise<void> {
    const folder = join(this.#artifacts, artifact);
    // A run has artifacts of its own.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const found = upload.replace(/^\.local/, this.#stateDir);
    let files = 0;
    for await (const file of glob(found)) {
      // A package that was built before is a copy, with the time of its contents.
      if ((await stat(file)).ctimeMs < sinceMs) continue;
      await copyFile(file, join(folder, basename(file)));
      files += 1;
    }
    if (files !== 1) throw new Error(`${files} files to upload at ${found}`);
  }

  #shell(
    bin: string,
    script: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<{ code: number; output: string }> {
    const environment = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: process.env.HOME ?? '/tmp',
      AZURE_CLIENT_ID: 'client',
      ARM_TENANT_ID: 'tenant',
      ARM_SUBSCRIPTION_ID: 'subscription',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.invalid/?',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'none',
      ...variables,
    };
    return new Promise((resolve) => {
      execFile('bash', ['-e', '-c', script], { cwd: this.#checkout, env: environment }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, output: `${stdout}${stderr}` });
      });
    });
  }

  /** The sign-in is not what is tried here: signed-in.test.ts has it. */
  async #standIns(): Promise<string> {
    const bin = join(this.#stateDir, 'stand-ins');
    await mkdir(bin, { recursive: true });
    for (const name of ['az', 'curl', 'jq']) {
      await writeFile(join(bin, name), '#!/bin/sh\ncase "$1" in --*) cat >/dev/null ;; esac\necho token\n');
      await chmod(join(bin, name), 0o755);
    }
    return bin;
  }
}

export interface JobResult {
  readonly code: number;
  /** What the commands printed. */
  readonly said: string;
}
