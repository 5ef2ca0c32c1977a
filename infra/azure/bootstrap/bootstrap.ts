import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { evaluate, WITHOUT_IMAGE } from '../../evaluate/evaluate.ts';
import { SlipError } from '../../lib/errors.ts';
import { fieldOf } from '../../lib/json.ts';
import { chosenSubscription } from '../subscription.ts';
import { namespacesOf, REGISTERED_TOO } from './namespaces.ts';
import { bootstrapScript, type GithubRepository } from './script.ts';

export interface BootstrapOptions {
  readonly subscription: string | undefined;
  readonly github: GithubRepository | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** The script for this checkout; providers, name and region come from the evaluated program. */
export async function bootstrapCommands({ subscription, github, environment }: BootstrapOptions): Promise<string> {
  const subscriptionId = await chosenSubscription(subscription, environment);
  const [shared, prod] = await Promise.all([
    evaluate({ stage: 'shared', mode: 'update' }),
    evaluate({ stage: 'prod', mode: 'update', config: WITHOUT_IMAGE }),
  ]);
  const found = [shared, prod].flatMap(namespacesOf);
  const group = shared.resources.find(({ type }) => type.endsWith(':ResourceGroup'));
  const tags = group?.inputs.tags;
  const name = String(fieldOf(tags, 'application') ?? 'slipway');
  return bootstrapScript({
    subscriptionId,
    location: String(group?.inputs.location),
    name,
    namespaces: [...new Set([...found, ...REGISTERED_TOO])].toSorted(),
    github,
  });
}

/**
 * Runs the script with bash; `onLine` gets what it says while it works. Returns what it prints at the end.
 * Throws SLIP-BOOTSTRAP-FAILED with the last lines when a command of it fails.
 */
export async function runScript(script: string, onLine: (line: string) => void): Promise<string> {
  // Not through stdin, where a command that reads it would swallow the rest of the script.
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
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
