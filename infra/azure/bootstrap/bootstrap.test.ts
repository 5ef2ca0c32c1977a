import { expect, test } from '@jest/globals';
import { runScript } from './bootstrap.ts';

test('what a script says while it works is heard, what it prints is returned', async () => {
  const heard: string[] = [];
  const printed = await runScript('echo "== working" >&2\necho next', (line) => heard.push(line));
  expect([heard, printed]).toEqual([['working'], 'next\n']);
});

test('a command that reads its input does not swallow the rest of the script', async () => {
  expect(await runScript('cat\necho next', () => undefined)).toBe('next\n');
});

test('a command that fails is told with the last it said', async () => {
  await expect(runScript('set -e\necho no room >&2\nfalse\necho next', () => undefined)).rejects.toMatchObject({
    code: 'SLIP-BOOTSTRAP-FAILED',
    detail: { found: 'a command failed (1): no room' },
  });
});
