import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { runBuildCommands } from './build-commands.ts';

test('a build has the settings of env, and none of whoever releases', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-build-'));
  process.env.OWN_TOKEN = 'secret';
  const build = [`php -r 'file_put_contents("seen", getenv("APP_ENV").getenv("OWN_TOKEN"));'`];
  await runBuildCommands({ build, env: { APP_ENV: 'prod' } }, directory);
  delete process.env.OWN_TOKEN;
  expect(await readFile(join(directory, 'seen'), 'utf8')).toBe('prod');
  await rm(directory, { recursive: true });
});

test('a build that hangs is ended with everything it started, and says so', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-build-'));
  // Of a child of its own, which has to end too.
  const script =
    '$p = proc_open(["sleep", "600"], [], $pipes); file_put_contents("pid", proc_get_status($p)["pid"]); sleep(600);';
  const pidFile = join(directory, 'pid');
  // A busy machine may take longer to get as far as the child.
  for (let seconds = 1; !existsSync(pidFile); seconds *= 3) {
    const hanging = runBuildCommands({ build: [`php -r '${script}'`], env: {} }, directory, undefined, seconds * 1_000);
    await expect(hanging).rejects.toMatchObject({
      code: 'SLIP-RELEASE-BUILD',
      detail: { found: expect.stringContaining(`did not end within ${seconds} s`) },
    });
  }
  const pid = Number(await readFile(pidFile, 'utf8'));
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
