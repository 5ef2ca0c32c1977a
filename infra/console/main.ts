import type { Socket } from 'node:net';
import { setInterval } from 'node:timers';
import { readConnection } from '../lib/connection.ts';
import type { ConsoleMessage } from '../local/console-listener.ts';
import { openConsole } from './open-console.ts';

const IDLE_CHECK_MS = 10_000;
/** Checks in a row that find nobody, after which this process asks to end. */
const IDLE_CHECKS = 3;

/** The console's process: `main.ts STATE_DIR PORT`, started by the region, which hands it connections. */
const [stateDir = '', port = ''] = process.argv.slice(2);
let received = 0;
const opened = readConnection(stateDir).then(({ console: { url } }) =>
  openConsole({ stateDir, port: Number(port), token: new URL(url).searchParams.get('token') ?? '' }),
);

process.on('message', (message, socket) => {
  if (message !== 'connection') return;
  received += 1;
  tell({ kind: 'taken', received });
  // It may have been closed on its way.
  if (socket !== undefined) void opened.then(({ server }) => server.accept(socket as Socket));
});
// The region is gone.
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (reason) => console.error(reason));

const { server, busy } = await opened;
let idleChecks = 0;
setInterval(() => {
  const isIdle = server.connections === 0 && !busy();
  idleChecks = isIdle ? idleChecks + 1 : 0;
  if (idleChecks >= IDLE_CHECKS) tell({ kind: 'idle', received });
}, IDLE_CHECK_MS);

function tell(message: ConsoleMessage): void {
  process.send?.(message);
}
