import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs the command under Node 24: in this process when it is that Node already, else in a child whose signals, exit code
 * and terminal are ours.
 *
 * @param {{ root: string, nodePackage: string, fresh: boolean, args: string[] }} command fresh: node_modules was just replaced
 */
export async function launch({ root, nodePackage, fresh, args }) {
  const node = join(root, 'node_modules', nodePackage, 'bin/node');
  const program = join(root, 'infra/cli/main.ts');
  if (!fresh && process.execPath === realpathSync(node)) {
    const { main } = await import(program);
    await main(args);
    return;
  }
  await follow(spawn(node, [program, ...args], { stdio: 'inherit' }));
}

/** @param {import('node:child_process').ChildProcess} child */
async function follow(child) {
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    child.kill(signal);
  };
  // A terminal's Ctrl-C reaches the child too, so that passing it on would be a second one.
  process.on('SIGINT', process.stdin.isTTY ? () => {} : forward);
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...ended) => resolve(ended));
  });
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
