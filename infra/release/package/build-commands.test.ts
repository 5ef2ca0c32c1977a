import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { runBuildCommands } from './build-commands.ts';

test('a build that hangs is ended with everything it started, and says so', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-build-'));
  // Of a child of its own, which has to end too.
  const script =
    '$p = proc_open(["sleep", "600"], [], $pipes); file_put_contents("pid", proc_get_status($p)["pid"]); sleep(600);';
  const hanging = runBuildCommands({ build: [`php -r '${script}'`] }, directory, undefined, 1_500);
  await expect(hanging).rejects.toMatchObject({
    code: 'SLIP-RELEASE-BUILD',
    detail: { found: expect.stringContaining('did not end within 2 s') },
  });
  const pid = Number(await readFile(join(directory, 'pid'), 'utf8'));
  await eventually('its child has ended', async () => !isAlive(pid));
  await rm(directory, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
