import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemPath } from './programs.ts';
import { RegionProcess } from './region-process.ts';

/** Started by region-process.test.ts, and killed by it: `parent-of-sleep.ts DIRECTORY`. */
const directory = process.argv[2] ?? '';
const child = new RegionProcess({
  name: 'sleep',
  command: 'sleep',
  args: ['60'],
  env: { PATH: systemPath },
  cwd: directory,
  logFile: join(directory, 'sleep.log'),
  recordDir: directory,
  restart: true,
  stopSignal: 'SIGTERM',
});
await child.start();
await writeFile(join(directory, 'pid'), String(child.pid));
setInterval(() => undefined, 1_000);
