import { rm } from 'node:fs/promises';
import { messageOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import { ControlServer } from './control-socket.ts';
import { type RunningRegion, runRegion } from './region.ts';
import type { DaemonMessage } from './region-client.ts';
import { StateLock } from './state/directory-lock.ts';
import { statePaths } from './state/paths.ts';

/** The region's own process: `daemon.ts STATE_DIR PORT`. Started by startRegion, which it tells how it gets on. */
async function main(stateDir: string, port: number): Promise<void> {
  const paths = statePaths(stateDir);
  const lock = await StateLock.take(paths.root);
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
      // Sockets that clients keep open must not keep the process.
      setImmediate(() => process.exit(0));
    })();
    return ending;
  };
  const control = new ControlServer(paths.controlSocket, {
    status: async () => region?.status(),
    heal: async () => region?.heal() ?? [],
    stop: async () => {
      setImmediate(() => void end());
      return process.pid;
    },
  });
  // Before it is ready the starter may change its mind, or be killed: then nothing stays.
  let starterGone = false;
  process.once('disconnect', () => {
    starterGone = true;
    if (!ready && region !== undefined) void end();
  });
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void end());
  region = await runRegion({ stateDir, port, onProgress: (message) => tell({ kind: 'progress', message }) });
  if (starterGone) return end();
  await control.start();
  ready = true;
  tell({ kind: 'ready' });
}

function tell(message: DaemonMessage): void {
  if (process.connected) process.send?.(message);
}

const [stateDir = '', port = ''] = process.argv.slice(2);
// One failed call must not take every server of the region down with it; what it was is in the log.
process.on('unhandledRejection', (reason) => console.error(reason));
main(stateDir, Number(port)).catch((error: unknown) => {
  console.error(error);
  tell(
    error instanceof SlipError
      ? { kind: 'failed', code: error.code, detail: { ...error.detail, cause: undefined } }
      : { kind: 'failed', code: undefined, detail: { found: messageOf(error) } },
  );
  process.exitCode = 1;
  process.disconnect?.();
  setImmediate(() => process.exit(1));
});
