import { rm } from 'node:fs/promises';
import { messageOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import { ControlServer } from './control-socket.ts';
import { type RunningRegion, runRegion } from './region.ts';
import type { DaemonMessage } from './region-client.ts';
import { DirectoryLock } from './state/directory-lock.ts';
import { statePaths } from './state/paths.ts';

/** The region's process: `daemon.ts STATE_DIR PORT CONSOLE_PROGRAM`. startRegion starts it and gets its progress as messages. */
async function main(stateDir: string, port: number, consoleProgram: string): Promise<void> {
  const paths = statePaths(stateDir);
  const lock = await DirectoryLock.take(paths.root);
  if (lock === undefined) {
    throw new SlipError('SLIP-LOCAL-LOCKED', {
      found: `another region runs on ${paths.root}`,
      expected: 'one region for a state directory',
      fix: 'npm stop, or choose another with --state DIR',
    });
  }
  let region: RunningRegion | undefined;
  let ending: Promise<void> | undefined;
  let ready = false;
  const end = (): Promise<void> => {
    ending ??= (async () => {
      try {
        await region?.stop();
        await control.stop();
        await rm(paths.connection, { force: true });
      } catch (error) {
        console.error(error);
      }
      // Sockets that clients keep open must not keep the process alive.
      setImmediate(() => process.exit(0));
    })();
    return ending;
  };
  const control = new ControlServer(paths.controlSocket, {
    status: async () => region?.status(),
    adopt: async () => (await region?.adopt()) ?? {},
    restartDead: async () => region?.restartDead() ?? [],
    switchFault: async (target, on) => region?.switchFault(target, on),
    stop: async () => {
      setImmediate(() => void end());
      return process.pid;
    },
  });
  // The command that starts the region may be cancelled or killed before the region is ready: then the region ends too.
  let starterGone = false;
  process.once('disconnect', () => {
    starterGone = true;
    if (!ready && region !== undefined) void end();
  });
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void end());
  region = await runRegion({
    stateDir,
    port,
    consoleProgram,
    onProgress: (message) => report({ kind: 'progress', message }),
  });
  if (starterGone) return end();
  await control.start();
  ready = true;
  report({ kind: 'ready' });
}

function report(message: DaemonMessage): void {
  if (process.connected) process.send?.(message);
}

const [stateDir = '', port = '', consoleProgram = ''] = process.argv.slice(2);
// One failed call must not stop every server of the region. The log has the reason.
process.on('unhandledRejection', (reason) => console.error(reason));
main(stateDir, Number(port), consoleProgram).catch((error: unknown) => {
  console.error(error);
  report(
    error instanceof SlipError
      ? { kind: 'failed', code: error.code, detail: { ...error.detail, cause: undefined } }
      : { kind: 'failed', code: undefined, detail: { found: messageOf(error) } },
  );
  process.exitCode = 1;
  process.disconnect?.();
  setImmediate(() => process.exit(1));
});
