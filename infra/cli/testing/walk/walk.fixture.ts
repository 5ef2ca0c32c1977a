import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootstrapInput } from '../../../azure/bootstrap/script.ts';

export const ROOT = join(import.meta.dirname, '../../../..');
export const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** An empty subscription and a checkout without a pipeline. */
const BASE: BootstrapInput = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  location: 'swedencentral',
  name: 'slipway',
  project: 'slipway',
  namespaces: ['Microsoft.Web'],
  groups: (['shared', 'dev', 'prod'] as const).map((stage) => ({
    stage,
    name: `rg-slipway-${stage}`,
    location: 'swedencentral',
    tags: { application: 'slipway', stage },
    importFile: '{}',
  })),
  waitSeconds: 0,
  environments: [],
  trust: undefined,
};

/** Names that a guide asks its reader to put in. */
const READER: Readonly<Record<string, string>> = {
  'OWNER/REPO': 'octo-org/shop',
  REVIEWER: 'octo-cat',
  ORGANIZATION: 'octo-org',
  PROJECT: 'shop',
  REPO: 'shop',
};

/** The commands of a guide, or of one section of it, in order. */
export function commandsOf(file: string, section?: string): string {
  const text = read(file);
  const part = section === undefined ? text : (text.split(`\n## ${section}`)[1]?.split('\n## ')[0] ?? '');
  const blocks = [...part.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)];
  const commands = blocks.map(([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
  return Object.entries(READER).reduce((filled, [name, value]) => filled.replaceAll(name, value), commands.join('\n'));
}

type Call = readonly string[];

/** One that types the commands of a guide, with stand-ins for the programs that reach Azure and GitHub. */
export class Walk {
  readonly directory = mkdtempSync(join(tmpdir(), 'slipway-walk-'));
  readonly #bin = join(this.directory, 'bin');

  constructor() {
    mkdirSync(join(this.directory, 'state'));
    mkdirSync(this.#bin);
    mkdirSync(join(this.directory, '.setup'));
    writeFileSync(join(this.directory, 'bootstrap.json'), JSON.stringify(BASE));
    copyFileSync(join(ROOT, 'infra/azure/bootstrap/fake/az.sh'), join(this.#bin, 'az'));
    for (const name of ['gh', 'git', 'npm', 'npx'])
      copyFileSync(join(ROOT, 'infra/cli/testing/walk/stand-in.sh'), join(this.#bin, name));
    for (const name of readdirSync(this.#bin)) chmodSync(join(this.#bin, name), 0o755);
    const slipway = `#!/bin/bash\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${join(ROOT, 'infra/cli/testing/walk/slipway.ts')}' "$@"\n`;
    writeFileSync(join(this.directory, 'slipway'), slipway);
    chmodSync(join(this.directory, 'slipway'), 0o755);
    for (const stage of ['shared', 'dev', 'prod'])
      symlinkSync(join(ROOT, `Pulumi.${stage}.yaml`), join(this.directory, `Pulumi.${stage}.yaml`));
  }

  /** Types the commands of a guide. Returns what went wrong. */
  type(commands: string): string {
    const { status, stderr } = spawnSync('bash', ['-c', `set -euo pipefail\n${commands}`], {
      cwd: this.directory,
      env: {
        PATH: `${this.#bin}:/usr/bin:/bin`,
        WALK: this.directory,
        AZ_STATE: join(this.directory, 'state'),
        AZ_CALLS: join(this.directory, 'azure'),
        AZ_SUBSCRIPTION: BASE.subscriptionId,
      },
      encoding: 'utf8',
    });
    const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('=='));
    return status === 0 ? '' : `${status}: ${said.slice(-5).join('\n')}`;
  }

  calls(...words: readonly string[]): Call[] {
    const of = (name: string, file: string): Call[] =>
      existsSync(join(this.directory, file))
        ? readFileSync(join(this.directory, file), 'utf8')
            .trim()
            .split('\n')
            .map((line) => [...(name === '' ? [] : [name]), ...line.split('\t')])
        : [];
    const all = [...of('', 'calls'), ...of('az', 'azure')];
    return all.filter((call) => words.every((word, index) => call[index] === word));
  }

  bodies(): string {
    return readFileSync(join(this.directory, 'bodies'), 'utf8');
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

export const option = (call: Call, name: string) => call[call.indexOf(`--${name}`) + 1] ?? '';
