/**
 * Plays `./slipway` for a walk through the guides: writes its call down; `bootstrap` runs the real script with the stand-in
 * for Azure's command line, and types what it ends with.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapScript } from '../../../azure/bootstrap/script.ts';
import { pipelineOf } from '../../pipeline-options.ts';
import { loadCommand } from '../../program.ts';

const walk = process.env.WALK ?? '.';
const args = process.argv.slice(2);
appendFileSync(join(walk, 'calls'), `${['slipway', ...args].join('\t')}\n`);
const [name, ...rest] = args;
if (name === 'bootstrap' && !rest.includes('--dry-run')) {
  const command = await loadCommand(name);
  command.parseOptions(rest);
  const base = JSON.parse(readFileSync(join(walk, 'bootstrap.json'), 'utf8'));
  const script = bootstrapScript({ ...base, ...pipelineOf(command.opts()) });
  const { status, stdout } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(1);
  appendFileSync(join(walk, 'typed'), stdout);
  // In a second run the stacks are there already: only the lines of the pipeline are new.
  const typed = rest.length === 0 ? stdout : (stdout.split('# The pipeline')[1] ?? '');
  const ran = spawnSync('bash', ['-e', '-c', typed.replace(/^[^\n]*\n/, '')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.exit(ran.status ?? 1);
}
