import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { evaluate, WITHOUT_IMAGE } from '../../evaluate/evaluate.ts';
import { readProject } from '../../evaluate/stack-config.ts';
import { SlipError } from '../../lib/errors.ts';
import { textOf } from '../../lib/json.ts';
import { STAGES } from '../../program/config/key.ts';
import { chosenSubscription } from '../subscription.ts';
import { stageGroup } from './import-file.ts';
import { namespacesOf, REGISTERED_TOO } from './namespaces.ts';
import { type BootstrapInput, bootstrapScript } from './script.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface BootstrapOptions extends Pick<BootstrapInput, 'environments' | 'trust'> {
  readonly subscription: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** The script for this checkout; providers, name, region and resource groups come from the evaluated program. */
export async function bootstrapCommands({
  subscription,
  environments,
  trust,
  environment,
}: BootstrapOptions): Promise<string> {
  const subscriptionId = await chosenSubscription(subscription, environment);
  const [{ name: project }, ...evaluations] = await Promise.all([
    readProject(ROOT),
    evaluate({ stage: 'shared', mode: 'update' }),
    evaluate({ stage: 'dev', mode: 'update', config: WITHOUT_IMAGE }),
    evaluate({ stage: 'prod', mode: 'update', config: WITHOUT_IMAGE }),
  ]);
  const groups = evaluations.map((evaluation, index) =>
    stageGroup(evaluation, STAGES[index] ?? 'shared', { subscriptionId, providerVersion: providerVersion() }),
  );
  const [shared] = groups;
  return bootstrapScript({
    subscriptionId,
    location: shared?.location ?? '',
    name: shared?.tags.application ?? project,
    project,
    namespaces: [...new Set([...evaluations.flatMap(namespacesOf), ...REGISTERED_TOO])].toSorted(),
    groups,
    environments,
    trust,
  });
}

function providerVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('@pulumi/azure-native/package.json');
  return textOf(manifest, 'version');
}

/**
 * Runs the script with bash; `onLine` gets what it says while it works. Returns what it prints at the end.
 * Throws SLIP-BOOTSTRAP-FAILED with the last lines when a command of it fails.
 */
export async function runScript(script: string, onLine: (line: string) => void): Promise<string> {
  // Not through stdin, where a command that reads it would swallow the rest of the script.
  const child = spawn('bash', ['-c', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.push(line);
    onLine(line.replace(/^== /, ''));
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code === 0) return printed;
  throw new SlipError('SLIP-BOOTSTRAP-FAILED', {
    found: `a command failed (${code}): ${errors.slice(-3).join(' / ')}`,
    expected: 'the Azure CLI, signed in as somebody who may give roles on the subscription',
    fix: 'fix the cause and repeat the command: existing resources are left as they are. --dry-run prints the commands',
  });
}
