import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { confirm } from './confirm.ts';

function terminal(answer: string, isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  input.end(answer);
  return [input as unknown as NodeJS.ReadStream, output as unknown as NodeJS.WriteStream] as const;
}

test.each([
  ['\n', true],
  ['y\n', true],
  ['Yes\n', true],
  ['n\n', false],
  ['what\n', false],
])('%j is taken as %p', async (answer, meant) => {
  expect(await confirm('Go on?', ...terminal(answer))).toBe(meant);
});

test('nobody is asked where there is no terminal', async () => {
  await expect(confirm('Go on?', ...terminal('y\n', false))).rejects.toThrow('SLIP-CLI-UNCONFIRMED');
});
